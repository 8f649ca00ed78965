import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { flagsIn, headOf } from '../../bench/read-flags.ts'
import type { Ended, Started } from './script-process.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Each script that npm runs with flags of its own, with all of them, and one that takes a whole number. */
const SCRIPTS: readonly (readonly [file: string, flags: readonly string[], number: string | undefined])[] = [
  ['bench/run.ts', ['--json', '--profile'], undefined],
  ['bench/routing/run.ts', ['--json', '--seed', '--svg'], '--seed'],
  ['bench/policy/run.ts', ['--json', '--plans', '--seed'], '--plans'],
  ['bench/policy/run-runs.ts', ['--json', '--runs', '--seed'], '--runs'],
  ['bench/long/run.ts', ['--json', '--steps'], '--steps'],
  ['bench/budget/run.ts', ['--json', '--tries', '--shared-tries', '--seed', '--first-token-ms'], '--tries'],
  ['wall/run.ts', ['--json', '--only', '--slice', '--seed'], '--slice'],
  ['peak/run.ts', ['--json', '--slice', '--only'], undefined],
  [
    'test/recovery/campaign/main.ts',
    ['--runs', '--seed', '--each', '--kills', '--lanes', '--json', '--keep'],
    '--kills',
  ],
]

let scripts: ChildProcess
beforeAll(() => {
  scripts = fork(join(import.meta.dirname, 'script-process.ts'), { execArgv: [] })
})
afterAll(async () => {
  const exited = once(scripts, 'exit')
  scripts.kill()
  await exited
})

it.each(SCRIPTS)('%s tells its flags, and in a line what is none', async (file, flags, number) => {
  for (const flag of flags) expect(headOf(join(ROOT, file))).toContain(flag)
  const words = number === undefined ? ['--nonsense'] : [number, 'many']
  const refused = await run(file, words)
  expect([refused.code, refused.out]).toEqual([2, ''])
  expect(refused.err).toMatch(new RegExp(`^error: .*${words.at(-1)}.*--help.*\n$`))
})

it('prints with --help what the file says of itself', async () => {
  const file = 'bench/policy/run.ts'
  expect(await run(file, ['--help'])).toEqual({ code: 0, out: `${headOf(join(ROOT, file))}\n`, err: '' })
})

it.each(['--nonsense', 'stray', '--seed'])('says what is wrong with %s', word => {
  const given = flagsIn(['--json', word], { json: { type: 'boolean' }, seed: { type: 'string' } })
  expect(given).toEqual({ problem: expect.stringContaining(word) })
})

it('takes what there is', () => {
  const flags = { json: { type: 'boolean' }, seed: { type: 'string' } } as const
  expect(flagsIn(['--seed', '7'], flags)).toEqual({ values: { seed: '7' } })
})

async function run(file: string, words: readonly string[]): Promise<Ended> {
  scripts.send({ file: join(ROOT, file), words } satisfies Started)
  const [ended] = await once(scripts, 'message')
  return ended
}
