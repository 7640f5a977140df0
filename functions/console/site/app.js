// Starts the console: what the stage says, who is there, the words, then the page.

import { explain, reachable } from './lib/api.js';
import { SignInError, signIn } from './lib/auth.js';
import { loadConfig } from './lib/config.js';
import { loadDirectory } from './lib/directory.js';
import { language, loadWords, mark, t } from './lib/i18n.js';
import { startKeys, useKeys } from './lib/keyboard.js';
import { loadMe } from './lib/me.js';
import { startClock } from './lib/now.js';
import { Button, Empty } from './lib/parts.js';
import { listen, navigate, parts } from './lib/router.js';
import { startTheme, toggleTheme } from './lib/theme.js';
import { Toasts } from './lib/toast.js';
import { Fragment, html, render, useEffect } from './lib/view.js';
import { GoTo, goToOpen } from './shell/goto.js';
import { KeySheet, keysOpen } from './shell/keys.js';
import { modulesSeen, moduleOf } from './shell/modules.js';
import { loadPage, PageFrame } from './shell/page.js';
import { Rail, TabBar } from './shell/rail.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));

/** Everything but the page itself. */
function App() {
  useKeys([
    { keys: 'mod+k', inText: true, run: () => { goToOpen.value = true; } },
    { keys: '?', run: () => { keysOpen.value = true; } },
    { keys: 'mod+shift+l', inText: true, run: toggleTheme },
    { keys: 'g m', run: () => navigate('/inbox/mine') },
    { keys: 'g s', run: () => navigate('/inbox/unassigned') },
    ...modulesSeen().map((module) => ({ keys: module.keys, run: () => navigate(`/${module.id}`) })),
  ]);
  // The focus does not stay on what is gone: a change of module begins at the page's beginning.
  useEffect(() => {
    const box = /** @type {HTMLElement} */ (document.activeElement);
    if (box === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  }, [parts.value[0]]);
  return html`<${Fragment}>
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>${t('nav.skip')}</a>
    ${!reachable.value && html`<div class="offline" role="alert">${t('problem.0')}</div>`}
    <div class="app"><${Rail}/><${PageFrame}/><${TabBar}/></div>
    <${GoTo}/><${KeySheet}/><${Toasts}/><//>`;
}

/** @param {unknown} error */
function showFailure(error) {
  const isSignIn = error instanceof SignInError;
  const title = isSignIn ? t(error.message) : explain(error).title;
  render(html`<main id="main" class="start"><${Empty} title=${title} action=${html`<${Button} kind="primary" onClick=${() => location.assign('/')}>${t('action.retry')}<//>`}>${isSignIn ? '' : explain(error).detail}<//></main>`, root);
}

async function start() {
  startTheme();
  mark(language.value);
  try {
    const wordsLoaded = loadWords('core');
    await loadConfig();
    const back = await signIn();
    await wordsLoaded;
    history.replaceState(null, '', back);
    listen();
    startKeys();
    startClock();
    navigate(back, { replace: true });
    const module = moduleOf(parts.value[0]);
    // The page's code comes while the API says who is there. Names come when they come.
    const code = module ? loadPage(module).then((page) => page.begin?.(), () => null) : null;
    loadDirectory();
    await loadMe();
    await code;
    root.removeAttribute('aria-busy');
    render(html`<${App}/>`, root);
  } catch (error) {
    await loadWords('core').catch(() => {});
    showFailure(error);
  }
}

start();
