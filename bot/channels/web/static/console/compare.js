// Two ticks in the directory, and the two stand side by side.

export function start() {
  const form = document.getElementById('compare');
  form?.addEventListener('change', () => {
    if (form.querySelectorAll(':checked').length === 2) form.submit();
  });
}
