// Components that are loaded when they are first shown, so that the first page does not wait for what it may never need.

import { html, useEffect, useState } from './view.js';

/**
 * @param {() => Promise<any>} load such as `() => import('./emoji.js')`
 * @param {string} name what the module exports it as
 */
export function lazy(load, name) {
  /** @type {any} */
  let known = null;
  return function Lazy(/** @type {any} */ props) {
    const [, redraw] = useState(0);
    useEffect(() => {
      let gone = false;
      if (!known) load().then((module) => { known = module[name]; if (!gone) redraw((n) => n + 1); }, (error) => console.error(error));
      return () => { gone = true; };
    }, []);
    return known ? html`<${known} ...${props}/>` : null;
  };
}
