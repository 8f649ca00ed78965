import { expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { signalbox } from './captured.ts'

it.each([
  [
    ['explain', 'letter-1', '--step', '1', '--config', 'new.yaml', '--prompt-tokens', '5'],
    'a call is explained as it was planned at the time: leave out --config and --prompt-tokens; `signalbox backtest` plans it again',
  ],
  [
    ['explain', '--class', 'strong', '--budget', '0.50'],
    "'0.50' names a run, and --class plans a call that is not made: leave out one of them; --budget takes no amount here",
  ],
  [['explain', '--class', 'strong', '--step', '1'], 'name a run and its step'],
  [['start', 'clerk', '--input', 'hi', '--steps', '3', '--ask'], '--ask waits where --budget or --tokens is short'],
  [
    ['config', 'check', 'one.yaml', '--config', 'other.yaml'],
    'one configuration is checked at a time: leave out one.yaml or --config',
  ],
  [
    ['config', 'check', '--only', 'acme', '--max-usd', '1'],
    'nobody is asked without --live: add it, or leave out --only or --max-usd',
  ],
  [['runs', '--outcome', 'failed', '--task-queue', 'press'], 'add --outcome open or --waiting, or leave it out'],
  [['spend', '--since', '2199-01-01'], '--since (2199-01-01 00:00:00 UTC) is in the future'],
  [['endpoints', '--since', '2199-01-01'], '--since (2199-01-01 00:00:00 UTC) is in the future'],
  [['runs', '--since', '2199-01-01'], '--since (2199-01-01 00:00:00 UTC) is in the future'],
  [['calls', '--since', '2199-01-01'], '--since (2199-01-01 00:00:00 UTC) is in the future'],
  [
    ['spend', '--since', '2026-01-02', '--until', '2026-01-01'],
    '--until (2026-01-01 00:00:00 UTC) must be later than --since (2026-01-02 00:00:00 UTC)',
  ],
  [['show', '-dash'], "put arguments that begin with a dash after --, as in 'signalbox show -- my-run'"],
  [['calls', '--limit', '99999999999999999999'], 'Write a whole number, at most 9007199254740991.'],
  [['explain', 'a', '--prompt-tokens', '99999999999999999999'], 'Write a whole number, at most 9007199254740991.'],
])('is told what to do, and ends with 2: %j', async (words, told) => {
  expect(await signalbox(words)).toMatchObject({
    exitCode: EXIT.badInput,
    out: '',
    err: expect.stringContaining(told),
  })
})
