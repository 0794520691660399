// The desk's own sentences in the language that is chosen; they come with the page.

export const setup = JSON.parse(document.getElementById('setup').textContent);

let language = setup.language;

export const spoken = () => language;

/** Return a sentence, its {placeholders} filled in. */
export function say(name, values = {}) {
  let text = setup.says[language][name];
  for (const [key, value] of Object.entries(values)) text = text.replaceAll(`{${key}}`, value);
  return text;
}

/** Tell whether somebody typed a sentence of the desk's instead of tapping it, in either language, spaces left aside. */
export function typed(name, text) {
  const letters = (words) => words.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return Object.values(setup.says).some((says) => letters(says[name]) === letters(text));
}

/** Speak another language from now on: labels, titles and placeholders in the page change. */
export function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const node of document.querySelectorAll('[data-say]')) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll('[data-say-label]')) {
    node.setAttribute('aria-label', say(node.dataset.sayLabel));
  }
  const notice = document.getElementById('notice');
  notice.textContent = setup.notice[chosen];
  notice.hidden = !setup.notice[chosen];
}
