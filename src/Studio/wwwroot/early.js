// Runs before the first paint, so that a chosen theme does not flash in the other one.
(function () {
  var choice = 'system';
  try { choice = localStorage.getItem('platform.theme') || choice; } catch (e) { /* storage is forbidden: the system decides */ }
  var dark = choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
