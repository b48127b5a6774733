/** The words of the benchmark, defined once: for the glossary, and where a page uses one first. */

export interface Term {
  id: string;
  term: string;
  /** Completes "is": a noun phrase. */
  is: string;
}

export const terms = [
  {
    id: 'distance-of-evidence',
    term: 'distance',
    is: 'the number of tokens between the end, where the answer is read out, and the nearest token that may carry the deciding evidence',
  },
  {
    id: 'certificate',
    term: 'certificate',
    is: 'a property of the data files, checked by a program, that bounds a class of models whatever their weights',
  },
  {
    id: 'use',
    term: 'use',
    is: 'hits less false alarms: 0 without the question or without the evidence, 100 for perfect answers',
  },
  {
    id: 'reach',
    term: 'reach',
    is: 'the distance at which use has fallen to half of its value at the smallest distance',
  },
  {
    id: 'learning-cost',
    term: 'learning cost',
    is: 'the token-steps (tokens times optimiser steps) until validation first had 90 % of its best accuracy above chance',
  },
  {
    id: 'solved',
    term: 'solved',
    is: 'what a seed did that came at least half of the way from chance at the smallest distance',
  },
  {
    id: 'floor',
    term: 'strongest shortcut',
    is: 'the best of the cheap predictors of the audit that lack the skill; a model has to exceed it before its number says anything',
  },
  {
    id: 'spt',
    term: 'self-pretraining (SPT)',
    is: 'pretraining on the inputs of the task itself, before its labels; its gain is taken against training on labels for as many token-steps',
  },
  {
    id: 'regime',
    term: 'regime',
    is: 'a way of training: scratch, scratch-matched, spt, joint or augmented',
  },
  {
    id: 'controlled',
    term: 'controlled task',
    is: 'a task with a certified distance; a standard task is one of the Long Range Arena’s own',
  },
  {
    id: 'tier',
    term: 'tier',
    is: 'a size: smoke takes seconds, lite is what a laptop repeats in minutes a run, lra has the papers’ sizes',
  },
  {
    id: 'ranked',
    term: 'ranked',
    is: 'what a result is if every run finished, with a learning rate chosen for its model, on at least three seeds',
  },
] as const satisfies readonly Term[];

export type TermId = (typeof terms)[number]['id'];

/** Some of them, in the order of the list. */
export const termsOf = (ids: readonly TermId[]): readonly Term[] =>
  terms.filter(({ id }) => ids.includes(id));
