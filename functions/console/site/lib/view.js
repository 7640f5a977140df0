// What pages draw with: Preact, its hooks, signals and htm, in one place, with their types.
// Pages import from here and never from `vendor`.

import * as preact from '../vendor/preact-11.2.0.js';
import * as hooks from '../vendor/preact-hooks-11.2.0.js';
import * as signals from '../vendor/signals-2.11.4.js';
import htm from '../vendor/htm-3.1.1.js';

const P = /** @type {typeof import('preact')} */ (/** @type {unknown} */ (preact));
const H = /** @type {typeof import('preact/hooks')} */ (/** @type {unknown} */ (hooks));
const S = /** @type {typeof import('@preact/signals')} */ (/** @type {unknown} */ (signals));

export const { h, render, Fragment, createContext } = P;
export const { useState, useEffect, useLayoutEffect, useMemo, useCallback, useRef, useContext, useId, useErrorBoundary } = H;
export const { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } = S;

/**
 * Markup as a tagged template. A lone component or element comes back as one node.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => any}
 */
export const html = /** @type {any} */ (htm).bind(h);

/**
 * Class names that count.
 * @param {...(string | false | null | undefined)} names
 */
export const classes = (...names) => names.filter(Boolean).join(' ');
