// Puts a button on a page of another site that opens the help desk in a panel.
// <script src="https://desk.example/embed.js" data-language="en" data-position="right" data-label="Ask us" async></script>
(() => {
  'use strict';
  const SAYS = {{ says }};
  const script = document.currentScript;
  const { language: wanted, position, label } = script.dataset;
  const language = SAYS[wanted] ? wanted : {{ language }};
  const origin = new URL(script.src).origin;
  const say = SAYS[language];
  const side = position === 'left' ? 'left' : 'right';

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
  button.textContent = label || say.open;
  button.setAttribute('aria-expanded', 'false');
  let panel = null;

  function show(open) {
    if (open && !panel) {
      panel = document.createElement('iframe');
      panel.title = say.title;
      panel.lang = language;
      panel.allow = 'clipboard-write';
      panel.src = `${origin}/chat?embed=1&lang=${language}`;
      root.append(panel);
    }
    if (!panel) return;
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    button.textContent = open ? say.close : label || say.open;
    (open ? panel : button).focus();
  }

  button.addEventListener('click', () => show(!panel || panel.hidden));
  window.addEventListener('message', (event) => {
    if (panel && event.source === panel.contentWindow && event.origin === origin && event.data?.helpdesk === 'close') {
      show(false);
    }
  });
  root.append(button);
  const put = () => document.body.append(host);
  if (document.body) put();
  else document.addEventListener('DOMContentLoaded', put);
})();
