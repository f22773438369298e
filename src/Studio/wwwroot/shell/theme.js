// Light, dark or as the system says; kept in this browser.

const key = 'platform.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const themes = ['system', 'light', 'dark'];
export const chosenTheme = () => localStorage.getItem(key) ?? 'system';
export const isDark = () => document.documentElement.dataset.theme === 'dark';

export function chooseTheme(theme) {
  localStorage.setItem(key, theme);
  applyTheme();
}

/** Also gives Monaco its theme, which takes no part in CSS variables; called again when Monaco is loaded. */
export function applyTheme() {
  const choice = chosenTheme();
  const dark = choice === 'dark' || (choice === 'system' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  window.monaco?.editor?.setTheme(dark ? 'vs-dark' : 'vs');
}

system.addEventListener('change', applyTheme);
