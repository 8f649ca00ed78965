import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { signalbox as command } from '../cli/captured.ts'
import { CHIEF, DELEGATES } from '../support/delegating.ts'
import { eventOf } from '../support/following.ts'
import { marketOf } from '../support/market.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

/** Two vendors of one model at one price, between which each run draws for itself. */
const TWIN = {
  models: { 'acme/small': { abilities: ['tools'], price: { input: 1, cachedInput: 0.1, output: 4 } } },
  vendor: { cache: true, behaviours: VENDORS.vendors[0]!.behaviours },
}
const TWINS = marketOf({ one: TWIN, two: TWIN }, 'classes: { cheap: { models: [acme/small], maxOutputTokens: 500 } }')

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, agents: [...APP.agents!, CHIEF] }, behaviours: [DELEGATES] })
  env = stage.commandEnv
})

afterAll(() => stage?.close())

const messagesOf = async (id: string, length: number) => {
  const { key } = (await stage.store.reports.run(id))!
  return stage.store.transcripts.read({ lineage: `${key}/1`, length })
}

describe('a fork', () => {
  it('asks one step anew, of another model, and shares what came before without buying it', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', labels: { team: 'rail' } })
    await run.outcome()
    const before = await messagesOf(run.id, 5)
    const paid = stage.vendors.meter().length
    const fork = await stage.signalbox.fork(run.id, { atStep: 2, model: 'acme/large' })
    expect(await fork.outcome()).toMatchObject({ kind: 'answered', calls: 1, toolCalls: 0 })
    expect(stage.vendors.meter()).toHaveLength(paid + 1)
    expect(stage.vendors.meter().at(-1)).toMatchObject({ vendor: 'two' })
    expect((await messagesOf(fork.id, 5)).slice(0, 4)).toEqual(before.slice(0, 4))
    expect(await messagesOf(run.id, 5)).toEqual(before)
    expect(await stage.store.reports.run(fork.id)).toMatchObject({
      workflow: 'clerk',
      labels: { team: 'rail' },
      forkedFrom: { run: run.id, step: 2 },
      attempts: 1,
    })
  })

  it('begins where the prompt that it shares is warm, and reads it there', async () => {
    const own = await stageScene(TWINS)
    const run = await own.signalbox.start('clerk', {
      input: `${'Mind the gap between the trains. '.repeat(300)}What is the sum?`,
    })
    await run.outcome()
    const [second] = await own.store.reports.attempts({ run: run.id })
    const { provider, usage } = second!
    // Either twin is as good, so that a fork by itself would be elsewhere in half of the cases.
    for (let at = 0; at < 6; at += 1) {
      const fork = await own.signalbox.fork(run.id, { atStep: 2, ...(at > 3 && { say: 'And the difference?' }) })
      await fork.outcome()
      const asked = await own.store.reports.attempts({ run: fork.id })
      expect(asked.map(each => each.provider)).toEqual([provider])
      expect(asked[0]!.usage.cacheReadTokens).toBeGreaterThan(usage.inputTokens! * 0.9)
    }
    // Also a fork of a fork goes by the key under which the vendor has it.
    const last = await own.signalbox.fork(run.id, { atStep: 1 })
    await last.outcome()
    const again = await own.signalbox.fork(last.id, { atStep: 2 })
    await again.outcome()
    const { key } = (await own.store.reports.run(run.id))!
    expect((await own.store.reports.steps(again.id))[0]!.known).toMatchObject({ cacheKey: key, calls: 2 })
    await own.close()
  })

  it('is bound to the model that its run was bound to, and says so; another class or model frees it', async () => {
    const run = await stage.signalbox.start('clerk', { id: 'bound', input: 'What is the sum?', model: 'acme/large' })
    await run.outcome()
    const fork = async (from: string, ...words: string[]) => {
      const told = await command(['fork', from, '--at-step', '1', ...words, '--task-queue', stage.taskQueue], { env })
      const id = /^run +(\S+)$/m.exec(told.out)![1]!
      await stage.signalbox.run(id).outcome()
      const models = new Set((await stage.store.reports.attempts({ run: id })).map(({ model }) => model))
      return { id, told: told.out, models: [...models] }
    }
    const first = await fork('bound')
    expect(first).toMatchObject({
      told: expect.stringMatching(/^model +acme\/large, as of bound$/m),
      models: ['acme/large'],
    })
    const second = await fork(first.id)
    expect(second.models).toEqual(['acme/large'])
    expect((await command(['show', second.id], { env })).out).toMatch(/^bound to +acme\/large$/m)
    expect((await command(['show', 'bound'], { env })).out).toMatch(/^input +What is the sum\?$/m)
    expect((await command(['show', 'bound', '--json'], { env })).json().inputPreview).toBe('What is the sum?')
    const other = await fork('bound', '--model', 'acme/small')
    expect(other).toMatchObject({ told: expect.stringMatching(/^model +acme\/small$/m), models: ['acme/small'] })
    const free = await fork('bound', '--class', 'cheap')
    expect(free).toMatchObject({ told: expect.not.stringMatching(/^model/m), models: ['acme/small'] })
  })

  it('of a run that still waits leaves it alone, and can be told something', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    const fork = await stage.signalbox.fork(run.id, { atStep: 1, say: 'No, rather tell me the weather.' })
    const own = await eventOf(fork.events(), 'approval-ask')
    await fork.deny(own.toolCallId)
    await fork.outcome()
    const roles = (await messagesOf(fork.id, 4)).map(({ role }) => role)
    expect(roles).toEqual(['system', 'user', 'user', 'assistant'])
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    expect((await messagesOf(run.id, 5)).map(({ role }) => role).join(' ')).toBe('system user assistant tool assistant')
  })

  it('from the command line is refused before it begins where the configuration at hand shows that nobody would serve it', async () => {
    await (await stage.signalbox.start('clerk', { id: 'held', input: 'What is the sum?' })).outcome()
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-fork-'))
    const config = join(folder, 'signalbox.yaml')
    writeFileSync(config, YAML)
    const fork = (...words: string[]) =>
      command(['fork', 'held', '--at-step', '1', '--config', config, '--task-queue', stage.taskQueue, ...words], {
        env,
      })
    const count = async () => (await stage.store.reports.runs({ limit: 1_000 })).length
    const before = await count()
    expect(await fork('--class', 'only-one', '--model', 'acme/large', '--id', 'doomed')).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringMatching(
        /class only-one does not list acme\/large.*name one of acme\/small.*Nothing was started/,
      ),
    })
    expect(await fork('--model', 'acme/lage', '--id', 'doomed')).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringContaining("did you mean 'acme/large'?"),
    })
    expect(await count()).toBe(before)
    await expect(stage.signalbox.run('doomed').outcome()).rejects.toThrow()
    const begun = (await fork('--model', 'acme/large', '--json')).json()
    expect(await stage.signalbox.run(begun.id).outcome()).toMatchObject({ kind: 'answered' })
    rmSync(folder, { recursive: true, force: true })
  })

  it('from the command line says which steps there are, and which models', async () => {
    const run = await stage.signalbox.start('clerk', { id: 'forked', input: 'What is the sum?' })
    await run.outcome()
    const fork = (...words: string[]) => command(['fork', 'forked', ...words, '--task-queue', stage.taskQueue], { env })
    expect(await fork('--at-step', '7')).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringContaining('run forked has no answered step 7; it has 1 to 2'),
    })
    const begun = (await fork('--at-step', '1', '--json')).json()
    expect(begun).toMatchObject({ from: 'forked', atStep: 1, id: expect.stringMatching(/^forked-fork-\w{6}$/) })
    expect(await stage.signalbox.run(begun.id).outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    const wrong = (await fork('--at-step', '1', '--model', 'acme/lage', '--json')).json()
    expect(await stage.signalbox.run(wrong.id).outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining("did you mean 'acme/large'?"),
    })
    const inOne = ['--at-step', '1', '--class', 'only-one', '--model', 'acme/large']
    const outside = (await fork(...inOne, '--json')).json()
    expect(await stage.signalbox.run(outside.id).outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('class only-one does not list acme/large'),
    })
    expect((await command(['show', begun.id], { env })).out).toMatch(/forked from +forked, step 1/)
    const nobody = await command(['fork', 'nobody', '--at-step', '1'], { env })
    expect(nobody).toMatchObject({ exitCode: EXIT.noSuchRun, err: expect.stringContaining('no run nobody') })
  })

  it.each(['default', 'acme'])('of a run below another is one at the top (workspace %s)', async workspace => {
    const run = await stage.signalbox.start('chief', { input: 'Please delegate.', workspace })
    await run.outcome()
    const child = (await stage.store.reports.runs()).find(({ id }) => id.startsWith(`${run.id}/`))!
    for (const name of [child.id, child.key]) {
      const fork = await stage.signalbox.fork(name, { atStep: 2 })
      // What follows a slash names children.
      expect(fork.id).toMatch(new RegExp(`^${child.id.replace('/', '-')}-fork-\\w{6}$`))
      expect(await fork.outcome()).toMatchObject({ kind: 'answered', calls: 1 })
    }
  })

  it('of a fork is refused once the run that both go on from was purged, and says why', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    await run.outcome()
    const fork = await stage.signalbox.fork(run.id, { atStep: 2 })
    await fork.outcome()
    const again = await stage.signalbox.fork(fork.id, { atStep: 1 })
    await again.outcome()
    await stage.store.content.purge(run.id, Date.UTC(2026, 10, 26))
    const words = `was forked from ${run.id}, whose content was purged on 2026-11-26, so nothing can continue from it; start a new run`
    for (const { id } of [fork, again]) {
      const tried = await command(['fork', id, '--at-step', '1', '--task-queue', stage.taskQueue], { env })
      expect(tried).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining(words) })
    }
  })

  it('that is under way fails when it goes on after what it shares was purged, whatever its worker remembers of it', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await run.approve((await eventOf(run.events(), 'approval-ask')).toolCallId)
    await run.outcome()
    const fork = await stage.signalbox.fork(run.id, { atStep: 1 })
    const asked = await eventOf(fork.events(), 'approval-ask')
    const again = await stage.signalbox.fork(fork.id, { atStep: 1 })
    const askedAgain = await eventOf(again.events(), 'approval-ask')
    await stage.store.content.purge(run.id, Date.now())
    const paid = stage.vendors.meter().length
    // A tool that nobody has to approve may have come upon it already.
    await Promise.allSettled([fork.approve(asked.toolCallId), again.approve(askedAgain.toolCallId)])
    const lost = { kind: 'failed', message: expect.stringContaining('is missing from the store') }
    expect([await fork.outcome(), await again.outcome()]).toMatchObject([lost, lost])
    expect(stage.vendors.meter()).toHaveLength(paid)
  })

  it('of a workflow of one’s own is refused with the way out, before that looks for its input', async () => {
    const run = await stage.signalbox.start('slicing', { input: [] })
    await run.outcome()
    const fork = await stage.signalbox.fork(run.id, { atStep: 1 })
    expect(await fork.outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('only runs of agents can be forked; `temporal workflow reset`'),
    })
  })
})
