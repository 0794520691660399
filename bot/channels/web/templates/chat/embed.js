// Puts a button on a page of another site that opens the help desk in a panel.
// <script src="https://desk.example/embed.js" data-language="en" data-position="right" data-label="Ask us" async></script>
(() => {
  'use strict';
  const SAYS = {{ says }};
  // as a module, or fetched by a tag manager, a script does not know itself; merged with others it is not ours: then
  // data-origin says where the desk is
  const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"], script[data-origin]');
  if (!script) return;
  const { language: wanted, position, label } = script.dataset;
  const language = SAYS[wanted] ? wanted : {{ language }};
  const desk = new URL('.', script.dataset.origin ? `${script.dataset.origin.replace(/\/?$/, '/')}` : script.src).href; // with a slash at its end; maybe below a path of its site
  const { origin } = new URL(desk);
  const say = SAYS[language];
  const kept = `helpdesk:${desk.slice(0, -1)}:`;
  const side = position === 'left' ? 'left' : 'right';

  if ((window.helpdeskButtons ??= new Set()).has(desk)) return; // included twice
  window.helpdeskButtons.add(desk);
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button {
      position: fixed; z-index: 2147483000; bottom: max(20px, env(safe-area-inset-bottom)); ${side}: 20px;
      min-width: 56px; min-height: 56px; padding: 0 22px; border: 0; border-radius: 28px;
      background: #1d5a9c; color: #fff; box-shadow: 0 4px 18px rgb(10 30 60 / 32%);
      font: 700 16px/1.3 "Pretendard", "Noto Sans KR", "Apple SD Gothic Neo", "NanumGothic", sans-serif; cursor: pointer;
    }
    button:hover { background: #164a82; }
    button:focus-visible { outline: 3px solid #1d5a9c; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    iframe {
      position: fixed; z-index: 2147483001; bottom: 88px; ${side}: 20px;
      width: min(400px, calc(100vw - 40px)); height: min(660px, calc(100vh - 112px));
      border: 0; border-radius: 16px; background: Canvas; box-shadow: 0 12px 48px rgb(10 20 40 / 36%); color-scheme: light dark;
    }
    .badge {
      position: absolute; top: -6px; ${side === 'left' ? 'right' : 'left'}: -6px; min-width: 24px; height: 24px; padding: 0 6px;
      border: 2px solid #fff; border-radius: 14px; box-sizing: border-box; background: #b3261e; font: 700 13px/20px sans-serif; text-align: center;
    }
    .preview {
      position: fixed; z-index: 2147483000; bottom: 88px; ${side}: 20px; min-width: 0; min-height: 0; max-width: min(320px, calc(100vw - 40px));
      padding: 12px 16px; border: 1px solid #828d9b; border-radius: 14px; background: #fff; color: #1a222d;
      font-weight: 400; text-align: start; overflow-wrap: anywhere;
    }
    .preview:hover { background: #f1f5fa; }
    .preview b { display: block; font-size: 13px; }
    [hidden] { display: none; }
    @media (max-width: 480px), (max-height: 480px) {
      iframe { inset: 0; width: 100vw; height: 100vh; height: 100dvh; border-radius: 0; }
    }
    @media print { :host { display: none; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement('button');
  button.type = 'button';
  button.lang = language;
  const words = document.createElement('span');
  const badge = document.createElement('span');
  badge.className = 'badge';
  badge.hidden = true;
  words.textContent = label || say.open;
  button.append(words, badge);
  button.setAttribute('aria-expanded', 'false');
  const live = document.createElement('div');
  live.setAttribute('role', 'status');
  const preview = document.createElement('button');
  preview.type = 'button';
  preview.className = 'preview';
  preview.lang = language;
  preview.hidden = true;
  live.append(preview);
  let panel = null;
  let ready = false; // whether the chat in the panel listens
  let title = '';

  // What the chat keeps is kept here too: a browser may give a frame of another site nothing that outlives the page.
  function stored() {
    const values = {};
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(kept)) values[name.slice(kept.length)] = localStorage.getItem(name);
      }
    } catch { /* this site may keep nothing either */ }
    return values;
  }

  function keep(name, value) {
    if (!/^[a-z]{1,20}$/.test(name)) return;
    try {
      if (typeof value === 'string') localStorage.setItem(kept + name, value);
      else localStorage.removeItem(kept + name);
    } catch { /* full, or not allowed */ }
  }

  function unread(count, text) {
    const closed = !panel || panel.hidden;
    badge.hidden = !count || !closed;
    badge.textContent = count;
    badge.setAttribute('aria-label', `${say.news} ${count}`);
    if (count && text && closed) {
      const head = document.createElement('b');
      head.textContent = say.news;
      preview.replaceChildren(head, text.length > 90 ? `${text.slice(0, 90)}…` : text);
      preview.hidden = false;
    }
    if (!count || !closed) preview.hidden = true;
    if (count && !title) title = document.title;
    if (count) document.title = `(${count}) ${title}`;
    else if (title) [document.title, title] = [title, ''];
  }

  function tell(message) {
    if (ready) panel.contentWindow.postMessage(message, origin);
  }

  // Where the panel fills the window, «back» closes it instead of leaving the page.
  const full = () => window.matchMedia('(max-width: 480px), (max-height: 480px)').matches;

  window.addEventListener('popstate', () => {
    if (panel && !panel.hidden && full()) show(false, { gone: true });
  });

  function show(open, { gone = false } = {}) {
    if (open && !panel) make();
    if (!panel || panel.hidden === !open) return;
    if (open && full()) window.history.pushState({ ...window.history.state, helpdesk: 'panel' }, '');
    else if (!open && !gone && window.history.state?.helpdesk === 'panel') window.history.back();
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    words.textContent = open ? say.close : label || say.open;
    preview.hidden = true;
    tell({ helpdesk: 'shown', open });
    (open ? panel : button).focus();
  }

  function make() {
    panel = document.createElement('iframe');
    panel.title = say.title;
    panel.lang = language;
    panel.allow = 'clipboard-write';
    panel.src = `${desk}chat?embed=1&lang=${language}`;
    panel.hidden = true;
    root.append(panel);
  }

  button.addEventListener('click', () => show(!panel || panel.hidden));
  preview.addEventListener('click', () => show(true));
  window.addEventListener('message', (event) => {
    if (!panel || event.source !== panel.contentWindow || event.origin !== origin || !event.data) return;
    const { helpdesk: what, name, value, count, text } = event.data;
    if (what === 'close') show(false);
    else if (what === 'keep') keep(name, value);
    else if (what === 'unread') unread(count, text);
    else if (what === 'ready') {
      ready = true;
      tell({ helpdesk: 'shown', open: !panel.hidden }); // first: what was kept may tell of news that nobody has seen
      tell({ helpdesk: 'kept', values: stored() });
    }
  });
  root.append(button, live);
  const put = () => {
    document.body.append(host);
    new MutationObserver(() => {
      if (!host.isConnected) document.body?.append(host); // a router replaced the body
    }).observe(document.documentElement, { childList: true, subtree: true });
    if (stored().case === '1' || stored().unread) make(); // somebody may have answered: look, without opening
  };
  if (document.body) put();
  else document.addEventListener('DOMContentLoaded', put);
})();
