// What an answer's page can do beyond reading: copy its address, print. Without this script both are simply not offered.

const tools = document.getElementById('tools');

if (tools) {
  const copied = document.getElementById('copied');
  const copy = document.getElementById('copy');
  copy.hidden = !navigator.clipboard;
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(tools.dataset.address);
    copied.textContent = copied.dataset.text;
  });
  document.getElementById('print').addEventListener('click', () => window.print());
  tools.hidden = false;
}
