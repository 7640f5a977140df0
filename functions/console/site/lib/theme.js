// Light or dark: the system's, until somebody chooses.

const KEEP = 'ventana.theme';

function kept() {
  try { return localStorage.getItem(KEEP); } catch { return null; }
}

/** Applies what was chosen. */
export function startTheme() {
  const theme = kept();
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}

/** The other one. */
export function toggleTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  try { localStorage.setItem(KEEP, root.dataset.theme); } catch { /* Then it lasts as long as the page. */ }
}
