// «Back» closes what is open over the conversation, and leaves the page only where nothing is.

const opened = [];
let own = null; // where the focus was when we went back ourselves, since something was closed in another way

addEventListener('popstate', () => {
  if (own) {
    const before = own;
    own = null;
    if (document.activeElement === document.body) before.focus({ preventScroll: true });
    return;
  }
  opened.at(-1)?.close();
});

/** Let «back» close a dialog whenever it is open. */
export function closes(dialog) {
  new MutationObserver(() => {
    const at = opened.indexOf(dialog);
    if (dialog.open && at < 0) {
      opened.push(dialog);
      history.pushState({ helpdesk: dialog.id }, '');
    } else if (!dialog.open && at >= 0) {
      opened.splice(at, 1);
      if (history.state?.helpdesk !== dialog.id) return;
      own = document.activeElement ?? document.body;
      history.back();
    }
  }).observe(dialog, { attributes: true, attributeFilter: ['open'] });
}

/** Let a link within the page move the focus and nothing else: with its fragment in the address, every «back» moves it there again. */
export function skips(link, target) {
  link.addEventListener('click', (e) => {
    e.preventDefault();
    target.focus();
  });
}
