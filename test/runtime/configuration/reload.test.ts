import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Configuration } from '../../../src/catalog/index.ts'
import { followConfiguration } from '../../../src/runtime/configuration/follow-configuration.ts'
import { createReload, type Reloaded } from '../../../src/runtime/configuration/reload.ts'
import { watchFile } from '../../../src/runtime/configuration/watch-file.ts'
import { StoreProblem } from '../../../src/store/index.ts'
import { defineAgent } from '../../../src/tools/index.ts'
import { type Calling, startCalling } from '../../support/calling.ts'
import { marketOf } from '../../support/market.ts'

const market = (first: string, second: string, timeout = '300s') =>
  marketOf(
    {
      one: {
        timeouts: { total: timeout },
        models: { 'acme/small': {}, 'acme/large': {} },
        vendor: { firstTokenMs: 150 },
      },
    },
    `classes: { plain: { models: [${first}, ${second}], sort: order, maxOutputTokens: 400 } }`,
  )
const yaml = (...words: Parameters<typeof market>) => market(...words).yaml

let calling: Calling
let folder: string
let path: string
let env: Record<string, string>

beforeEach(async () => {
  const clerk = defineAgent({ name: 'clerk', instructions: 'Be brief.', tools: [], taskClass: 'plain' })
  calling = await startCalling({ ...market('acme/small', 'acme/large'), app: { agents: [clerk] } })
  folder = await mkdtemp(join(tmpdir(), 'signalbox-reload-'))
  path = join(folder, 'signalbox.yaml')
  env = { ONE_URL: calling.vendors.vendors[0]!.baseUrl }
})

afterEach(async () => {
  vi.useRealTimers()
  await calling.close()
  await rm(folder, { recursive: true, force: true })
})

const swap = async (next: Configuration) => {
  calling.wired.check(next)
  calling.wired.use(next)
}

const reloader = () => createReload({ path, env, first: calling.configuration, use: swap })

describe('a changed configuration', () => {
  it('plans the calls that begin after it; one under way ends as it began, and each row names its version', async () => {
    const run = await calling.open({ id: 'swap' })
    const underWay = calling.call({ run, taskClass: 'plain' })
    await expect.poll(() => calling.vendors.meter().length).toBe(1)
    await writeFile(path, yaml('acme/large', 'acme/small'))
    const reloaded = await reloader()()
    expect(reloaded.kind).toBe('swapped')
    expect(await calling.call({ run, taskClass: 'plain', step: 2 })).toMatchObject({
      answer: { endpoint: 'one:acme/large' },
    })
    expect(await underWay).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
    const versions = (await calling.store.reports.attempts({ run: run.id })).map(attempt => attempt.catalogVersion)
    const second = reloaded.kind === 'swapped' && reloaded.configuration.directory.catalogVersion
    expect(versions).toEqual([calling.configuration.directory.catalogVersion, second])
    expect(versions[0]).not.toBe(versions[1])
  })

  it('that is wrong changes nothing, and says everything that is wrong', async () => {
    const run = await calling.open({ id: 'wrong' })
    await writeFile(path, yaml('acme/lagre', 'acme/small'))
    const reloaded = await reloader()()
    expect(reloaded).toMatchObject({
      kind: 'refused',
      words: expect.stringMatching(/Did you mean "acme\/large"\?[\s\S]*the previous configuration stays in use/),
    })
    expect(await calling.call({ run, taskClass: 'plain' })).toMatchObject({ answer: { endpoint: 'one:acme/small' } })
    await rm(path)
    expect(await reloader()()).toMatchObject({ kind: 'refused', words: expect.stringContaining('there is no file') })
  })

  it('that lacks a class of an agent is refused, as it would be at the start', async () => {
    const run = await calling.open({ id: 'classless' })
    await writeFile(path, yaml('acme/large', 'acme/small').replace('plain:', 'plane:'))
    expect(await reloader()()).toMatchObject({
      kind: 'refused',
      words: expect.stringMatching(
        /agent 'clerk' names the task class 'plain'.*did you mean 'plane'\?\n.*the previous configuration stays in use/,
      ),
    })
    expect(await calling.call({ run, taskClass: 'plain' })).toMatchObject({ answer: { endpoint: 'one:acme/small' } })
  })

  it('with another key is asked at once, though the one before was refused', async () => {
    const run = await calling.open({ id: 'rekeyed' })
    await calling.vendors.setFaults('one', [{ kind: 'unauthenticated', times: 2 }])
    const refused = { kind: 'fault', fault: { kind: 'unauthenticated' } }
    expect(await calling.call({ run, taskClass: 'plain' })).toMatchObject(refused)
    expect(await calling.call({ run, taskClass: 'plain', step: 2 })).toMatchObject({ ...refused, attempts: [] })
    await writeFile(path, yaml('acme/small', 'acme/large').replace('apiKey: none', 'apiKey: another'))
    expect((await reloader()()).kind).toBe('swapped')
    expect(await calling.call({ run, taskClass: 'plain', step: 3 })).toMatchObject({ kind: 'answered' })
  })

  it('that says the same is no change; a new deadline of a provider is one', async () => {
    const reload = reloader()
    await writeFile(path, `# a comment\n${yaml('acme/small', 'acme/large')}`)
    expect((await reload()).kind).toBe('same')
    await writeFile(path, yaml('acme/small', 'acme/large', '100s'))
    expect((await reload()).kind).toBe('swapped')
    expect((await reload()).kind).toBe('same')
  })
})

it('what the store cannot be told of is put off until it can; and a wrong file that is mended is told of', async () => {
  const words: string[] = []
  // Whole at once: a file that is half written would be read.
  const put = async (text: string) => {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
  let isAway = true
  const use = async (next: Configuration) =>
    isAway ? Promise.reject(new StoreProblem('unreachable', 'The store is away.')) : swap(next)
  const reload = createReload({ path, env, first: calling.configuration, use })
  const report = (reloaded: Reloaded) => words.push(`${reloaded.kind}: ${reloaded.words.split('\n')[0]}`)
  await put(yaml('acme/small', 'acme/large', '100s'))
  const { end } = followConfiguration({ path, reload, report, againAfterMs: 10, lookEveryMs: 10 })
  await expect.poll(() => words).toEqual(['put-off: The store is away.'])
  await sleep(50)
  isAway = false
  await expect.poll(() => words.slice(1)).toEqual([expect.stringMatching(/^swapped: .* was reloaded/)])
  await put('wrong')
  await expect.poll(() => words.slice(2)).toEqual([expect.stringMatching(/^refused: /)])
  await put(yaml('acme/small', 'acme/large', '100s'))
  const told = [expect.stringMatching(/^same: .* says nothing new/)]
  await expect.poll(() => words.slice(3)).toEqual(told)
  end()
})

describe('a key in a file', () => {
  const withKeyOf = (file: string) =>
    yaml('acme/small', 'acme/large').replace('apiKey: none', `apiKey: "\${file:${file}}"`)

  const follow = () => {
    const words: string[] = []
    const { end } = followConfiguration({
      path,
      reload: reloader(),
      report: reloaded => words.push(`${reloaded.kind}: ${reloaded.words}`),
      lookEveryMs: 10,
    })
    return { words, end }
  }

  it('that is another one is taken without a restart, also where the mount swaps a link to its folder', async () => {
    const run = await calling.open({ id: 'mounted' })
    const mounted = async (version: string, key: string) => {
      await mkdir(join(folder, version))
      await writeFile(join(folder, version, 'key'), `${key}\n`)
      await symlink(version, join(folder, '..data_tmp'))
      await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    }
    await mounted('..1', 'first-key')
    await symlink(join('..data', 'key'), join(folder, 'key'))
    await writeFile(path, withKeyOf('key'))
    const { words, end } = follow()
    await expect.poll(() => words).toEqual([expect.stringMatching(/^swapped: .*; new key or headers of one$/)])
    await calling.vendors.setFaults('one', [{ kind: 'unauthenticated', times: 2 }])
    expect(await calling.call({ run, taskClass: 'plain' })).toMatchObject({ fault: { kind: 'unauthenticated' } })
    await mounted('..2', 'later-key')
    await expect.poll(() => words.length).toBe(2)
    expect(await calling.call({ run, taskClass: 'plain', step: 2 })).toMatchObject({ kind: 'answered' })
    expect(JSON.stringify(words)).not.toMatch(/first-key|later-key/)
    end()
  })

  it('that goes disables its provider, or is refused where nothing would be left; and is taken once it is back', async () => {
    const key = join(folder, 'key')
    await writeFile(path, withKeyOf('key'))
    const { words, end } = follow()
    await expect.poll(() => words).toEqual([expect.stringMatching(/^refused: [\s\S]*one \(there is no file .*key\)/)])
    await writeFile(`${key}.new`, 'a-key')
    await rename(`${key}.new`, key)
    await expect.poll(() => words[1]).toMatch(/^swapped: /)
    const two = `two: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1", models: { acme/large: {} } }`
    await writeFile(`${path}.new`, withKeyOf('key').replace('providers:', `providers:\n  ${two}`))
    await rename(`${path}.new`, path)
    await expect.poll(() => words[2]).toMatch(/^swapped: /)
    await rm(key)
    await expect.poll(() => words[3]).toMatch(/^swapped: .*; provider one is disabled: there is no file .*key$/)
    end()
  })
})

it('a file that is empty for one look is being written, and no news before it is whole', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const key = join(folder, 'key')
  await Promise.all([writeFile(path, 'names the key'), writeFile(key, 'a-key')])
  let changes = 0
  const end = watchFile({ path, others: () => [key] }, () => changes++)
  const changesAfter = async (text: string) => {
    await writeFile(key, text)
    vi.advanceTimersByTime(1_000)
    return changes
  }
  expect(await changesAfter('')).toBe(0)
  expect(await changesAfter('another')).toBe(1)
  expect(await changesAfter('')).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(changes).toBe(2)
  end()
})

it('a file that is changed or replaced is noticed', async () => {
  await writeFile(path, 'one')
  const changes: number[] = []
  const end = watchFile({ path, everyMs: 20 }, () => changes.push(changes.length))
  const changed = async (count: number) => {
    while (changes.length < count) await new Promise(resolve => setTimeout(resolve, 10))
  }
  await new Promise(resolve => setTimeout(resolve, 100))
  await writeFile(path, 'another')
  await changed(1)
  await rm(path)
  await changed(2)
  await writeFile(path, 'a third')
  await changed(3)
  await rm(path)
  await symlink(path, path)
  await changed(4)
  expect(await reloader()()).toMatchObject({ kind: 'refused', words: expect.stringContaining('ELOOP') })
  end()
})
