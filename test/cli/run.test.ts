import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { type Said, UPDATES } from '../../src/core/protocol.ts'
import { heardInTime } from '../../src/runtime/hearing/run-unheard.ts'
import { beginningOf } from '../../src/runtime/inspect/beginning.ts'
import { knownProblem } from '../../src/runtime/problems.ts'
import { newMasterKey } from '../../src/store/index.ts'
import { eventOf, untilState } from '../support/following.ts'
import { refusingProxy } from '../support/refusing-proxy.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { signalbox } from './captured.ts'
import { spawned } from './spawned.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const SAMPLE = fileURLToPath(new URL('../fixtures/configurations/sample.yaml', import.meta.url))

const folder = throwAwayFolders('signalbox-cli-')

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene()
  env = { ...stage.commandEnv, TEMPORAL_UI_URL: 'http://ui' }
})

afterAll(() => stage?.close())

const start = (...words: string[]) => signalbox(['start', ...words, '--task-queue', stage.taskQueue], { env })

const SUMS_TERMS = ['--budget', '1.00', '--label', 'team=rail', '--label', 'feature=sums', '--workspace', 'acme']

describe('a run from the command line', () => {
  it('is started, watched, shown and paid for', async () => {
    const started = await start('clerk', '--input', 'What is the sum?', ...SUMS_TERMS, '--id', 'cli-sums', '--json')
    expect(started.json()).toMatchObject({ id: 'cli-sums', url: expect.stringContaining('http://ui/namespaces/') })

    const watched = await signalbox(['watch', 'cli-sums'], { env })
    expect(watched.exitCode).toBe(EXIT.done)
    expect(watched.out).toMatch(/^step 1 · tool add gave: /m)
    expect(watched.out).toMatch(/^step 2 │ The sums are 3 and 7\./m)
    expect(watched.out).toContain('run cli-sums: answered · 2 calls, 2 attempts · $0.')

    const late = await signalbox(['watch', 'cli-sums', '--after', '999999'], { env })
    expect(late).toMatchObject({
      exitCode: EXIT.done,
      err: 'run cli-sums has ended, and has no event after 999999\n',
    })

    const lost = await signalbox(['watch', 'cli-sums', '--below', '--after', '{"other": 3, "third": 4}'], { env })
    expect(lost.out).toContain('step 2 │ The sums are 3 and 7.')
    expect(lost.err).toContain("note: no run here has the key 'other' nor 1 more key that --after names")

    const shown = (await signalbox(['show', 'cli-sums', '--json'], { env })).json()
    expect(shown.run).toMatchObject({ outcome: 'answered', workspace: 'acme', calls: 2, labels: { team: 'rail' } })
    expect(Number(shown.run.headroomUsd)).toBeLessThan(1)
    // This store encrypts the payloads of all runs.
    expect(shown).not.toHaveProperty('inputPreview')
    expect(shown.url).toBe(started.json().url)
    // Two at once, listed as they began.
    expect(shown.toolCalls).toHaveLength(2)
    for (const preview of ['3', '7'])
      expect(shown.toolCalls).toContainEqual(
        expect.objectContaining({
          step: 1,
          toolName: 'add',
          isError: false,
          preview: expect.stringContaining(preview),
        }),
      )
    expect((await signalbox(['show', 'cli-sums'], { env })).out).toMatch(/^add +1 +\S+ ms +done +\{"a":1,"b":2\} /m)

    const cost = (await signalbox(['cost', 'cli-sums', '--json'], { env })).json()
    expect(cost).toMatchObject({ exact: true, costHighUsd: shown.run.costHighUsd, attempts: 2 })
    expect(cost.byLabel['feature=sums'].costHighUsd).toBe(cost.costHighUsd)

    const calls = (await signalbox(['calls', '--label', 'team=rail', '--class', 'cheap', '--json'], { env })).json()
    expect(calls.calls.map(({ step, runId }: { step: number; runId: string }) => [runId, step])).toEqual([
      ['cli-sums', 1],
      ['cli-sums', 2],
    ])
    expect((await signalbox(['runs', '--workspace', 'acme'], { env })).out).toMatch(/^cli-sums {2}clerk +acme /m)
  })

  it.each([
    ['its parts', 'ListWorkflowExecutions'],
    ['its page', 'DescribeWorkflowExecution'],
  ])('is shown where the server fails when it is asked for %s', async (_, refused) => {
    const proxy = await refusingProxy(env.TEMPORAL_ADDRESS!, refused)
    const shown = await signalbox(['show', 'cli-sums', '--json'], { env: { ...env, TEMPORAL_ADDRESS: proxy.address } })
    proxy.close()
    expect(shown).toMatchObject({ exitCode: EXIT.done, err: '' })
    expect(shown.json().run).toMatchObject({ id: 'cli-sums', outcome: 'answered' })
    const { parts, note, url } = shown.json()
    if (refused.startsWith('List')) expect(note).toMatch(/^the Temporal server does not list its parts .*shard closed/)
    expect([parts === undefined, url === undefined]).toEqual([
      refused.startsWith('List'),
      refused.startsWith('Describe'),
    ])
  })

  // Each waits for a worker, a server or a person: together they take as long as one.
  it.concurrent('has its one pending approval given without its id', async () => {
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-publish')
    const run = stage.signalbox.run('cli-publish')
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await untilState(run, state => state.status === 'waiting-for-approval')
    const { key } = (await stage.store.reports.run('cli-publish'))!
    for (const named of ['cli-publish', key])
      expect((await signalbox(['show', named], { env })).out).toContain(`signalbox approve cli-publish ${toolCallId}`)
    // The worker has answered at once; only the client has tried again for a while.
    expect(await signalbox(['approve', 'cli-publish', 'call-nobody-made'], { env })).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringMatching(/^error: the run did not accept that: nothing is asked under 'call-nobody-made'/),
    })
    const long = 'word '.repeat(14_000)
    const told = await signalbox(['say', 'cli-publish', '--file', '-', '--by', 'Grace'], { env, input: long })
    expect(told).toMatchObject({ exitCode: EXIT.done, out: 'run cli-publish has the message\n' })
    const approved = await signalbox(['approve', 'cli-publish', '--by', 'Ada'], { env })
    expect(approved).toMatchObject({ exitCode: EXIT.done, out: expect.stringContaining(`approved ${toolCallId}`) })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const transcript = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 5 })
    expect(transcript[4]).toEqual({ role: 'user', content: [{ type: 'text', text: long }] })
    for (const words of [['say'], ['approve'], ['stop'], ['cancel']]) {
      const late = await signalbox([...words, 'cli-publish', ...(words[0] === 'say' ? ['too late'] : [])], { env })
      expect(late).toMatchObject({ exitCode: EXIT.runEnded, err: expect.stringContaining('run cli-publish has ended') })
    }
    const decided = (await signalbox(['show', 'cli-publish'], { env })).out
    expect(decided).toMatch(new RegExp(`publish +${toolCallId} +1 +approved +Ada`))
    expect(decided).toMatch(/^was told \(UTC\) +by .*\n.* Grace +word word/m)
    const watched = await signalbox(['watch', 'cli-publish'], { env })
    expect(watched.out).toContain('said to the run by Grace: word word')
  })

  it.concurrent('that waits for a worker is shown so, with its queue and how to serve it', async () => {
    const words = ['start', 'clerk', '--input', 'hi', '--id', 'cli-unserved', '--task-queue', 'nobody-there', '--json']
    await signalbox(words, { env })
    const { client } = stage.signalbox
    const workflow = client.workflow.getHandle('cli-unserved')
    const said = () => workflow.executeUpdate<void, [Said]>(UPDATES.say, { args: [{ text: 'hello', id: 'first' }] })
    const asked = [said, () => stage.signalbox.run('cli-unserved').state()]
    // Each waits until it gives a worker up.
    const [{ out, exitCode }, ...unheard] = await Promise.all([
      signalbox(['show', 'cli-unserved'], { env }),
      ...asked.map(ask => heardInTime<unknown>(client, workflow, ask, 1_000).catch(knownProblem)),
    ])
    expect(exitCode).toBe(EXIT.done)
    expect(out).toMatch(
      /note: its state cannot be read now: no worker .* none serves its task queue nobody-there; start one with `signalbox worker --task-queue nobody-there`/,
    )
    expect(out).not.toMatch(/Deadline|LB pick/)
    for (const each of unheard) {
      expect(each).toMatchObject({
        kind: 'unreachable',
        message: expect.stringMatching(
          /(within 1 s|in time): none serves its task queue nobody-there; .* again once a worker is running/,
        ),
      })
    }
    await stage.signalbox.run('cli-unserved').cancel()
  })

  it.concurrent('that has ended is shown and read by its records where no server answers, and says so', async () => {
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-open')
    await eventOf(stage.signalbox.run('cli-open').events(), 'approval-ask')
    const alone = (...words: string[]) => signalbox(words, { env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' } })
    // Each waits for the server for as long as a command does.
    const [shown, told, watched, below, open, ...unknown] = await Promise.all([
      alone('show', 'cli-sums'),
      alone('show', 'cli-sums', '--json'),
      alone('watch', 'cli-sums'),
      alone('watch', 'cli-sums', '--below', '--json'),
      alone('show', 'cli-open'),
      alone('watch', 'cli-open'),
      alone('show', 'cli-nobody'),
    ])
    expect(shown).toMatchObject({
      exitCode: EXIT.outOfReach,
      err: expect.stringContaining('no Temporal server answers'),
    })
    expect(shown.out).toMatch(/outcome +answered/)
    const { run, calls } = told.json()
    expect([run.outcome, calls.length]).toEqual(['answered', 2])
    expect(watched.exitCode).toBe(EXIT.outOfReach)
    expect(watched.out).toMatch(/^step 2 │ The sums are 3 and 7\./m)
    expect(watched.out).toContain('run cli-sums: answered · 2 calls, 2 attempts · $0.')
    const lines = below.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines[0]).toEqual({ run: 'cli-sums', key: run.key, event: expect.objectContaining({ kind: 'run-start' }) })
    expect(lines.at(-1)).toMatchObject({ run: 'cli-sums', event: { kind: 'run-end', outcome: 'answered' } })
    const seen = JSON.stringify({ [run.key]: lines[2].event.offset })
    const later = await alone('watch', 'cli-sums', '--below', '--json', '--after', seen)
    expect(later.out).toBe(below.out.split('\n').slice(3).join('\n'))
    expect(open.out).toContain('cli-open')
    for (const each of unknown) expect(each).toMatchObject({ exitCode: EXIT.outOfReach, out: '' })
  })

  it.concurrent('is told that nobody serves its queue', async () => {
    const begun = await signalbox(
      ['start', 'clerk', '--input', 'hi', '--task-queue', 'nobodys', '--id', 'cli-unseen'],
      { env },
    )
    expect(begun).toMatchObject({
      exitCode: EXIT.done,
      err: expect.stringContaining('none serves its task queue nobodys; start one with'),
    })
    await stage.signalbox.client.workflow.getHandle('cli-unseen').terminate()
  })

  it.concurrent('shows what waits below it, and says whom to decide for', async () => {
    await start('delegating', '--input', 'Please publish this.', '--id', 'cli-above', '--label', 'team=press')
    const watching = Promise.all([[], ['--below']].map(more => signalbox(['watch', 'cli-above', ...more], { env })))
    const child = stage.signalbox.run('cli-above/clerk-1-1')
    while (!(await stage.store.reports.run(child.id))) await delay(20)
    const { toolCallId } = await eventOf(child.events(), 'approval-ask')
    await untilState(child, state => state.status === 'waiting-for-approval')
    const { out } = await signalbox(['show', 'cli-above'], { env })
    expect(out).toMatch(/^open below .*\ncli-above\/clerk-1-1 +clerk .* waiting for approval: publish +part=sums$/m)
    expect(out).toMatch(new RegExp(`^${toolCallId} +cli-above/clerk-1-1 +publish +1 `, 'm'))
    expect(out).toMatch(/^state +running, step \d+: 1 run below waits for people$/m)
    expect((await signalbox(['show', 'cli-above', '--json'], { env })).json().children).toMatchObject([
      { id: child.id, status: 'waiting-for-approval', pending: [{ toolCallId, toolName: 'publish', step: 1 }] },
    ])
    const command = `signalbox deny cli-above/clerk-1-1 ${toolCallId}`
    for (const words of [[], [toolCallId]]) {
      const denied = await signalbox(['deny', 'cli-above', ...words], { env })
      expect(denied).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining(command) })
    }
    expect(await signalbox(['say', child.id, 'or', 'leave', 'it'], { env })).toMatchObject({ exitCode: EXIT.done })
    expect(await signalbox(['deny', child.id], { env })).toMatchObject({ exitCode: EXIT.done })
    const [watched, all] = (await watching).map(({ out }) => out) as [string, string]
    expect(watched.split(command)).toHaveLength(2)
    expect(watched).toMatch(/^child cli-above\/clerk-1-1 begins · part=sums$/m)
    expect(watched).toMatch(/^child cli-above\/clerk-1-1 ended: answered · \$0\./m)
    expect(watched).toMatch(/^below, in cli-above\/clerk-1-1: step 1 · publish denied by a person$/m)
    expect(all).toMatch(
      /^cli-above: child cli-above\/clerk-1-1 begins · part=sums\n(.*\n)*?cli-above\/clerk-1-1: step 1 /m,
    )
    expect(all).toMatch(
      /^cli-above\/clerk-1-1: step 1 · publish denied by a person\n(.*\n)*?cli-above: run ended: answered/m,
    )
    expect(all).not.toContain('below, in')
    expect((await signalbox(['watch', child.id], { env })).out).toContain('said to the run: or leave it')
    expect((await signalbox(['show', child.id], { env })).out).toMatch(/^was told .*\n.* a person +or leave it$/m)
    expect(await stage.signalbox.run('cli-above').outcome()).toMatchObject({ kind: 'answered' })
    const ended = (await signalbox(['show', 'cli-above', '--json'], { env })).json()
    expect(ended).toMatchObject({ children: [], endedBelow: [{ id: child.id, outcome: 'answered' }] })
    const told = (await signalbox(['show', 'cli-above'], { env })).out
    expect(told).toMatch(/^ended below .*\ncli-above\/clerk-1-1 +clerk .* answered +part=sums$/m)
  })

  it.concurrent('that waits for money is approved no tool, and shows who gave it more and why', async () => {
    await start('clerk', '--input', 'What is the sum?', '--id', 'cli-short', '--budget', '0.000001', '--ask')
    const run = stage.signalbox.run('cli-short')
    await untilState(run, ({ waitingFor = '' }) => waitingFor.startsWith('waiting for a larger budget'))
    expect(await signalbox(['approve', 'cli-short'], { env })).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringContaining('signalbox approve cli-short --raise-usd <amount>'),
    })
    const { DATABASE_URL: _, ...storeless } = env
    const empty = folder()
    const { code, stderr } = await spawned(['approve', 'cli-short'], storeless, empty)
    expect(code).toBe(EXIT.badInput)
    expect(stderr).toContain('run cli-short waits for no decision of its own (waiting for a larger budget')
    expect(stderr).toContain('signalbox approve cli-short --raise-usd <amount>')
    expect(readdirSync(empty)).toEqual([])
    const who = ['--by', 'ann', '--note', 'because']
    expect((await signalbox(['approve', 'cli-short', '--raise-usd', '0.1', ...who], { env })).exitCode).toBe(EXIT.done)
    await run.outcome()
    expect((await signalbox(['show', 'cli-short'], { env })).out).toMatch(
      /^budget raised by .*\n\$0\.1000 +ann +\d{4}-.* because$/m,
    )
    expect((await signalbox(['show', 'cli-short', '--json'], { env })).json().raises).toMatchObject([
      { usd: '0.1', by: 'ann', note: 'because' },
    ])
  })

  it('of an id that was used again is told of by its key, and none of it for the later one', async () => {
    const id = 'cli-twice'
    const { client } = stage.signalbox
    await start('clerk', '--input', 'Please publish this.', '--id', id)
    await eventOf(stage.signalbox.run(id).events(), 'approval-ask')
    const first = (await stage.store.reports.run(id))!.key
    const shown = async (run: string) => (await signalbox(['show', run, '--json'], { env })).json()
    await client.workflow.getHandle(id).terminate()
    const again = { workflowId: id, args: [{ input: 'Please publish this.', terms: {} }] }
    // The store does not have it: nobody serves that queue.
    await client.workflow.start('clerk', { ...again, taskQueue: 'nobody-there' })
    await client.workflow.getHandle(id).terminate()
    expect(await shown(id)).not.toHaveProperty('run')
    await client.workflow.start('clerk', { ...again, taskQueue: stage.taskQueue })
    await untilState(stage.signalbox.run(id), state => state.status === 'waiting-for-approval')
    expect(await shown(first)).toMatchObject({ run: { key: first }, note: expect.stringContaining('a later run') })
    expect(await shown(first)).not.toHaveProperty('state')
    expect((await signalbox(['show', first], { env })).out).toMatch(/^run +cli-twice$/m)
    expect(await shown(id)).toMatchObject({ run: { id }, state: { status: 'waiting-for-approval' } })
    await stage.signalbox.run(id).stop()
    await stage.signalbox.run(id).outcome()
  })

  it('ends with 1 where nobody serves such an agent, and names the nearest', async () => {
    const refused = await start('clark', '--input', 'hi', '--watch', '--json')
    expect(refused.exitCode).toBe(EXIT.runFailed)
    expect(refused.json().outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining("'clerk'") })
  })

  it('is refused at once where a name is wrong, and is there to be looked for', async () => {
    const refused = await start('clerk', '--input', 'hi', '--class', 'chaep', '--id', 'cli-refused')
    const words = "no task class is called 'chaep'; did you mean 'cheap'?"
    expect(refused).toMatchObject({ exitCode: EXIT.runFailed, out: expect.stringContaining(words) })
    expect((await signalbox(['runs'], { env })).out).toMatch(/^cli-refused .* refused /m)
    expect((await signalbox(['show', 'cli-refused'], { env })).out).toContain(words)
    const watched = await signalbox(['watch', 'cli-refused'], { env })
    expect(watched.exitCode).toBe(EXIT.runFailed)
    expect(watched.out.split(words)).toHaveLength(2)
  })

  it('is told to have ended only if that came before its first step, however soon it ends', async () => {
    const spent = await stage.signalbox.start('clerk', {
      input: 'What is the sum?',
      id: 'cli-spent',
      budget: { tokens: 1 },
    })
    expect(await spent.outcome()).toMatchObject({ kind: 'out-of-budget' })
    expect(await beginningOf(stage.signalbox, 'cli-spent')).toEqual({ kind: 'at-work' })
    const refused = await stage.signalbox.start('clerk', { input: 'hi', id: 'cli-no-class', taskClass: 'chaep' })
    await refused.outcome()
    expect(await beginningOf(stage.signalbox, 'cli-no-class')).toMatchObject({ kind: 'ended' })
    const again = await start('clerk', '--input', 'What is the sum?', '--id', 'cli-spent', '--tokens', '1')
    expect(again).toMatchObject({ exitCode: EXIT.runFailed, out: expect.stringContaining('cli-spent: out-of-budget') })
  })

  it('names the nearest workflow, or all that there is where nothing is near', async () => {
    const near = await start('toolFrist', '--input', '4', '--json')
    expect(near.json().outcome.message).toContain("did you mean 'toolFirst'?")
    const far = await start('astronomer', '--input', 'hi', '--json')
    expect(far.json().outcome.message).toMatch(/there are: clerk, walker, .*everything/)
    expect(far.json().outcome.message).not.toContain('writingDesk')
  })

  it('is not started again under an id that is taken, and a start says so', async () => {
    const again = await start('clerk', '--input', 'What is the sum?', ...SUMS_TERMS, '--id', 'cli-sums')
    expect(again).toMatchObject({
      exitCode: EXIT.done,
      err: expect.stringContaining('run cli-sums already exists'),
    })
    const other = await start('clerk', '--input', 'What is the product?', ...SUMS_TERMS, '--id', 'cli-sums')
    expect(other).toMatchObject({ exitCode: EXIT.badInput, out: '' })
    expect(other.err).toMatch(
      /^error: cli-sums is .* started with something else as its input, so nothing was started/m,
    )
  })

  it('is not forked under an id that is taken, and a fork says so, and not that tools run for real', async () => {
    const fork = (id: string) =>
      signalbox(['fork', 'cli-sums', '--at-step', '1', '--id', id, '--task-queue', stage.taskQueue], { env })
    const taken = await fork('cli-sums')
    expect(taken).toMatchObject({ exitCode: EXIT.badInput, out: '' })
    expect(taken.err).toMatch(/^error: cli-sums is .* started with something else as its .*, so nothing was started/m)
    await fork('cli-sums-twice')
    const { exitCode, err } = await fork('cli-sums-twice')
    expect([exitCode, err]).toEqual([
      EXIT.done,
      'note: run cli-sums-twice already exists, and this is it; use another --id to start a new one\n',
    ])
  })

  it('is forked, and the end of the fork is told like that of a run that was started', async () => {
    const fork = (...words: string[]) =>
      signalbox(['fork', 'cli-sums', '--at-step', '2', '--task-queue', stage.taskQueue, ...words], { env })
    const watched = await fork('--watch', '--json')
    expect(watched.err).not.toContain('run for real')
    expect(watched.exitCode).toBe(EXIT.done)
    expect(watched.json()).toMatchObject({ from: 'cli-sums', atStep: 2, outcome: { kind: 'answered', calls: 1 } })
    const refused = await fork('--model', 'acme/nobody')
    expect(refused.exitCode).toBe(EXIT.runFailed)
    expect(refused.out).toMatch(/^run cli-sums-fork-\w+: refused · .*acme\/nobody/m)
  })

  it('is told which tools a fork may call again, for they act for real', async () => {
    const words = ['fork', 'cli-sums', '--at-step', '1', '--id', 'cli-sums-again', '--task-queue', stage.taskQueue]
    const { err, exitCode } = await signalbox(words, { env })
    expect(exitCode).toBe(EXIT.done)
    expect(err).toMatch(
      /run for real .*what cli-sums did from step 1 on may be done again, by add; one that runs at most once asks a person first$/m,
    )
  })

  it('is not started to be watched where the store cannot be read', async () => {
    const broken = { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/nothing' }
    const words = ['start', 'clerk', '--input', 'hi', '--id', 'cli-never', '--watch', '--task-queue', stage.taskQueue]
    expect(await signalbox(words, { env: broken })).toMatchObject({ exitCode: EXIT.outOfReach })
    expect(await signalbox(['watch', 'cli-never'], { env })).toMatchObject({ exitCode: EXIT.noSuchRun })
  })

  it.each([
    ['show', 'cli-sums'],
    ['watch', 'cli-sums'],
    ['fork', 'cli-sums', '--at-step', '2'],
    ['budget', 'reconcile'],
  ])('is not looked for in a store that is not there: %s', async (...words) => {
    const nowhere = join(dirname(stage.storePath), 'nowhere')
    const { exitCode, out, err } = await signalbox(words, { env: { ...env, DATABASE_URL: `${nowhere}/store.db` } })
    expect({ exitCode, out }).toEqual({ exitCode: EXIT.outOfReach, out: '' })
    expect(err).toContain('There is no store file')
    expect(existsSync(nowhere)).toBe(false)
  })

  it('is spoken to without a store being made where there is none', async () => {
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-spoken')
    const { toolCallId } = await eventOf(stage.signalbox.run('cli-spoken').events(), 'approval-ask')
    const nowhere = join(folder(), 'nowhere')
    const speak = (...words: string[]) =>
      signalbox(words, { env: { ...env, DATABASE_URL: `sqlite:${nowhere}/store.db` } })
    for (const words of [
      ['say', 'cli-spoken', 'hello'],
      ['deny', 'cli-spoken', toolCallId],
      ['approve', 'cli-spoken'],
    ]) {
      const { exitCode, err } = await speak(...words)
      expect({ exitCode, err }).toEqual({
        exitCode: EXIT.outOfReach,
        err: expect.stringContaining('There is no store file'),
      })
    }
    expect((await speak('stop', 'cli-spoken')).exitCode).toBe(EXIT.done)
    expect(existsSync(nowhere)).toBe(false)
  })

  it('is told what was done to it, as one object each', async () => {
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-told', '--budget', '1')
    const run = stage.signalbox.run('cli-told')
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await untilState(run, state => state.pending.length === 1)
    const tell = async (...words: string[]) => {
      const { exitCode, json, err } = await signalbox([...words, '--json'], { env })
      expect({ exitCode, err }).toEqual({ exitCode: EXIT.done, err: '' })
      return json()
    }
    const about = { run: 'cli-told' }
    const said = { ...about, done: 'said', id: 'm1', by: 'Ada' }
    expect(await tell('say', run.id, 'hello', '--id', 'm1', '--by', 'Ada')).toEqual(said)
    expect(await tell('approve', run.id, '--raise-usd', '0.5')).toEqual({ ...about, done: 'raised', limitUsd: '1.5' })
    const decided = { ...about, done: 'denied', toolCallId, step: 1, by: 'Ada' }
    expect(await tell('deny', run.id, '--by', 'Ada')).toEqual(decided)
    await run.outcome()
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-ended')
    await eventOf(stage.signalbox.run('cli-ended').events(), 'approval-ask')
    expect(await tell('stop', 'cli-ended')).toEqual({ run: 'cli-ended', done: 'stopping' })
    await stage.signalbox.run('cli-ended').outcome()
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-cancelled')
    expect(await tell('cancel', 'cli-cancelled')).toEqual({ run: 'cli-cancelled', done: 'cancelling' })
  })

  it.each([
    ['show', 'cli-sums'],
    ['cost', 'cli-sums'],
    ['runs'],
    ['calls'],
    ['spend'],
    ['endpoints'],
    ['spend', '--statement', '2026-10'],
    ['budget', 'list', '--config', SAMPLE],
    ['explain', '--class', 'cheap', '--config', SAMPLE],
    ['models', '--limit', '1'],
    ['config', 'check', SAMPLE],
  ])('with --json, %s prints one object and nothing else', async (...words) => {
    const told = await signalbox([...words, '--json'], { env: { ...env, OPENAI_API_KEY: 'k', DEEPSEEK_API_KEY: 'k' } })
    expect(told.err).toBe('')
    expect(Object.keys(told.json()).length).toBeGreaterThan(0)
  })

  it.each([
    ['id', ['start', 'clerk', '--input', 'hi', '--id', 'x'.repeat(2_000)]],
    ['name', ['start', 'x'.repeat(2_000), '--input', 'hi']],
    ['name, under an id', ['start', 'x'.repeat(2_000), '--input', 'hi', '--id', 'cli-long']],
    ['task queue', ['start', 'clerk', '--input', 'hi', '--task-queue', 'x'.repeat(2_000)]],
  ])('is refused in one line where the server takes no such %s', async (_, words) => {
    const { exitCode, err } = await signalbox(words, { env })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(/^error: the Temporal server refuses to start .*(length|limit).*\n$/)
  })

  it('says what a workflow has returned', async () => {
    const watched = await start('toolFirst', '--input', '4', '--id', 'cli-returned', '--watch')
    expect(watched.out).toMatch(/^returned:\n5\n/m)
    expect((await signalbox(['show', 'cli-returned'], { env })).out).toMatch(/returned:\n5\n/)
    expect((await signalbox(['show', 'cli-returned', '--json'], { env })).json().output).toBe('5')
    expect((await signalbox(['show', 'cli-sums'], { env })).out).toMatch(/answer:\nThe sums are 3 and 7\./)
  })

  it('says what it has cost with those below it, and how much of that is its own', async () => {
    const { out } = await start('delegating', '--input', 'What is the sum?', '--id', 'cli-tree', '--watch')
    const words = /\$0\.\d+, of it \$0\.\d+ its own/.exec(out)?.[0]
    expect(out).toContain(`run cli-tree: answered · 1 call, 1 attempt, 3 attempts with those below it · ${words} · `)
    expect((await signalbox(['show', 'cli-tree'], { env })).out).toMatch(
      new RegExp(`^cost +${words!.replaceAll(/[$.]/g, '\\$&')}$`, 'm'),
    )
    const shown = (await signalbox(['show', 'cli-tree', '--json'], { env })).json()
    const cost = (await signalbox(['cost', 'cli-tree', '--json'], { env })).json()
    expect(cost.attempts).toBe(3)
    expect(shown.tree).toEqual({
      costLowUsd: cost.costLowUsd,
      costHighUsd: cost.costHighUsd,
      exact: true,
      unpriced: 0,
      attempts: 3,
    })
    expect(Number(shown.run.costHighUsd)).toBeLessThan(Number(cost.costHighUsd))
    expect((await signalbox(['runs'], { env })).out).toMatch(/ own cost(\n| )/)
  })

  it('has what its children have spent taken from what is left of its budget', async () => {
    await start('delegating', '--input', 'What is the sum?', '--id', 'cli-left', '--budget', '1', '--watch')
    const { tree, run } = (await signalbox(['show', 'cli-left', '--json'], { env })).json()
    expect(Number(run.headroomUsd)).toBeCloseTo(1 - Number(tree.costHighUsd), 12)
  })

  it('that is sealed is shown without what it has said where its key is not, or is gone', async () => {
    await start('clerk', '--input', 'What is the sum?', '--id', 'cli-sealed', '--zdr', '--watch')
    const show = async (key: string | undefined, ...flags: string[]) => {
      const { SIGNALBOX_MASTER_KEY: _, ...bare } = env
      return signalbox(['show', 'cli-sealed', ...flags], {
        env: { ...bare, ...(key !== undefined && { SIGNALBOX_MASTER_KEY: key }) },
      })
    }
    expect((await show(stage.masterKey)).out).toContain('answer:\nThe sums are')
    for (const [key, kind, words] of [
      [undefined, 'no-master-key', 'process \\d+@\\S+ has no master key'],
      [newMasterKey(), 'wrong-master-key', 'process \\d+@\\S+ has only [0-9a-f]{12}'],
    ] as const) {
      const { out, exitCode } = await show(key)
      expect(exitCode).toBe(EXIT.outOfReach)
      expect(out).toMatch(/^outcome +answered$/m)
      expect(out).toMatch(/^policy +zdr\nsealed +yes$/m)
      expect(out).toMatch(/^cost +\$0\.0/m)
      expect(out).toMatch(new RegExp(`^note: .*${words}`, 'm'))
      expect((await show(key, '--json')).json()).toMatchObject({ run: { outcome: 'answered' }, unread: { kind } })
    }
    await stage.store.content.purge('cli-sealed', Date.now())
    const { out, exitCode } = await show(stage.masterKey)
    expect(exitCode).toBe(EXIT.done)
    expect(out).toMatch(/^calls +2, 2 attempts$/m)
    expect(out).toMatch(/^note: The key .* was destroyed at .* Its calls and costs remain\.$/m)
    expect((await show(stage.masterKey, '--json')).json()).toMatchObject({
      unread: { kind: 'destroyed' },
      calls: [{}, {}],
    })
  })

  it('that is sealed and open is shown without its state where its key is not', async () => {
    await start('clerk', '--input', 'Please publish this.', '--id', 'cli-sealed-open', '--zdr')
    const run = stage.signalbox.run('cli-sealed-open')
    await eventOf(run.events(), 'approval-ask')
    const elsewhere = { ...env, SIGNALBOX_MASTER_KEY: newMasterKey() }
    const { out, exitCode } = await signalbox(['show', run.id], { env: elsewhere })
    expect(exitCode).toBe(EXIT.outOfReach)
    expect(out).toMatch(/^calls +1, 1 attempt$/m)
    expect(out).toMatch(/^note: .*master key/m)
    expect(out).not.toMatch(/^state/m)
    await run.cancel()
  })

  it('is stopped', async () => {
    await start('clerk', '--input', 'Please publish this last.', '--id', 'cli-stop')
    const run = stage.signalbox.run('cli-stop')
    await eventOf(run.events(), 'approval-ask')
    expect(await signalbox(['stop', 'cli-stop'], { env })).toMatchObject({ exitCode: EXIT.done })
    expect(await run.outcome()).toMatchObject({ kind: 'stopped' })
  })

  it.each(['watch', 'show', 'stop', 'approve', 'cancel'])('that does not exist is not there for %s', async verb => {
    const { exitCode, err } = await signalbox([verb, 'nobody'], { env })
    expect(exitCode).toBe(EXIT.noSuchRun)
    expect(err).toContain('nobody')
  })
})
