import { expect, test } from 'vitest';
import {
  referenceStep,
  stepFeeds,
  stepModel,
  stepProgram,
} from '../../../evaluate/training/stepper.ts';

test('the model is the one that PyTorch trains, to the parameter', () => {
  const model = stepModel(referenceStep);
  expect(model.feedForward).toBe(256);
  const { width, layers, hidden, length, vocabulary, classes } = referenceStep;
  const attention = (width + 1) * 3 * width + (width + 1) * width;
  const feedForward = (width + 1) * hidden + (hidden + 1) * width;
  const block = attention + feedForward + 4 * width;
  const around = (vocabulary + 1 + length) * width + 2 * width + (width + 1) * classes;
  const count = model.parameterCount + model.positionParameterCount;
  expect(count).toBe(layers * block + around);
});

test('the feeds are those of the program, and always the same', () => {
  const { inputs } = stepProgram(referenceStep);
  const feeds = stepFeeds(referenceStep);
  expect(Object.keys(feeds).sort()).toEqual(Object.keys(inputs).sort());
  for (const [name, { shape }] of Object.entries(inputs)) {
    expect(feeds[name]!.length).toBe(shape.reduce((product, size) => product * size, 1));
  }
  expect(stepFeeds(referenceStep)).toEqual(feeds);
});
