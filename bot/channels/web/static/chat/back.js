// «Back» closes what is open over the conversation, and leaves the page only where nothing is.

const opened = [];
let own = false; // whether we go back ourselves, since something was closed in another way

addEventListener('popstate', () => {
  if (own) {
    own = false;
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
      own = true;
      history.back();
    }
  }).observe(dialog, { attributes: true, attributeFilter: ['open'] });
}
