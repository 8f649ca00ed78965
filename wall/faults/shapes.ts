/**
 * Answers and requests of the wrong shape.
 *
 * @module
 */
import { fatal, rerouted, survived, type WallFault } from './expected.ts'

/** Answers of the wrong shape: given back once where that is cheaper than another endpoint, then asked elsewhere. */
export const SHAPES: readonly WallFault[] = [
  {
    name: 'tool call with broken JSON once',
    rules: [{ kind: 'broken-tool-json', times: 1 }],
    modes: ['tools'],
    expected: survived('malformed-reply'),
  },
  {
    name: 'tool call with broken JSON for ever',
    rules: [{ kind: 'broken-tool-json' }],
    modes: ['tools'],
    expected: rerouted('malformed-reply', 2),
  },
  {
    name: 'tool call with broken JSON, escalating',
    rules: [{ kind: 'broken-tool-json' }],
    modes: ['tools'],
    of: 'escalating',
    expected: rerouted('malformed-reply', 2),
  },
  ...(['wrong-value', 'broken-value'] as const).flatMap((kind): WallFault[] => {
    const name = kind === 'wrong-value' ? 'value of another shape' : 'value of broken JSON'
    const modes = ['structured'] as const
    return [
      { name: `${name} once`, rules: [{ kind, times: 1 }], modes, expected: survived('malformed-reply') },
      {
        name: `${name} once, alone`,
        rules: [{ kind, times: 1 }],
        modes,
        alone: true,
        expected: survived('malformed-reply'),
      },
      { name: `${name} for ever`, rules: [{ kind }], modes, expected: rerouted('malformed-reply', 2) },
      { name: `${name} for ever, alone`, rules: [{ kind }], modes, alone: true, expected: fatal('malformed-reply', 2) },
      {
        name: `${name}, escalating`,
        rules: [{ kind }],
        modes,
        of: 'escalating',
        expected: rerouted('malformed-reply', 2),
      },
    ]
  }),
  {
    // Escalated to a class that costs no more than giving the answer back.
    name: 'value of another shape, escalating for little',
    rules: [{ kind: 'wrong-value' }],
    modes: ['structured'],
    of: 'escalating_cheaply',
    expected: rerouted('malformed-reply'),
  },
  {
    name: 'schema rejected',
    rules: [{ kind: 'schema-rejected' }],
    modes: ['structured'],
    expected: { ...survived('invalid-request'), kinds: ['invalid-request', 'unsupported'] },
  },
  {
    name: 'schema rejected, alone',
    rules: [{ kind: 'schema-rejected' }],
    modes: ['structured'],
    alone: true,
    expected: { ...survived('invalid-request'), kinds: ['invalid-request', 'unsupported'] },
  },
  {
    name: 'schema and JSON mode rejected',
    rules: [{ kind: 'json-rejected' }],
    modes: ['structured'],
    expected: { ...survived('invalid-request', 3), kinds: ['invalid-request', 'unsupported'] },
    // It has no JSON mode: what comes after the schema are words.
    except: { anthropic: { attempts: [2, 2] } },
  },
]
