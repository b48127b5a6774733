/**
 * How families and regimes look in charts: a colour and a symbol for each family (the colours are
 * CSS variables, one set for light and one for dark), a line for each regime.
 */
import type { Regime } from '../../../../core/vocabulary.ts';

export interface FamilyStyle {
  /** Name of the CSS variable, without the dashes. */
  colour: string;
  symbol: 'circle' | 'square' | 'triangle' | 'diamond2' | 'star' | 'cross' | 'hexagon' | 'wye';
}

const families: Record<string, FamilyStyle> = {
  attention: { colour: 'attention', symbol: 'circle' },
  'local attention': { colour: 'local-attention', symbol: 'square' },
  'efficient attention': { colour: 'efficient-attention', symbol: 'hexagon' },
  'state space': { colour: 'state-space', symbol: 'triangle' },
  convolution: { colour: 'convolution', symbol: 'diamond2' },
  recurrence: { colour: 'recurrence', symbol: 'star' },
  control: { colour: 'control', symbol: 'cross' },
  // What the audit's strongest attacker scores, beside the models.
  shortcut: { colour: 'fail', symbol: 'wye' },
};
const otherFamily: FamilyStyle = { colour: 'other-family', symbol: 'wye' };

/** Families that the benchmark does not know share one look. */
export function familyStyle(family: string): FamilyStyle {
  return Object.hasOwn(families, family) ? families[family]! : otherFamily;
}

export function familyColour(family: string): string {
  return `var(--${familyStyle(family).colour})`;
}

/** Dash patterns; the solid line is for the regime in question, SPT. */
export const regimeDash: Record<Regime, string | undefined> = {
  scratch: '1 4',
  'scratch-matched': '6 4',
  spt: undefined,
  joint: '8 3 2 3',
  augmented: '3 3',
};
