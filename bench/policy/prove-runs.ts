/**
 * Random runs against simulated vendors that fail: whatever is rerouted, repaired, escalated, hedged, asked in a batch or summed up, no
 * request may reach a vendor that a policy of its call forbids. The vendors' own records are what is looked at: each request carries its
 * call's name.
 *
 * @module
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { z } from 'zod'
import { createCallModel } from '../../activities/call-model.ts'
import { readReason } from '../../src/core/faults/attempt-reason.ts'
import type { PolicyAt } from '../../src/core/policy/policy.ts'
import { policyLevels } from '../../src/core/policy/policy-levels.ts'
import type { CallModelInput, CallModelResult, KnownPrompt, RunRef, TranscriptRef } from '../../src/core/protocol.ts'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { createClosers } from '../../src/runtime/closers.ts'
import { wirePorts } from '../../src/runtime/ports/wire-ports.ts'
import { temporaryFolder } from '../../src/runtime/temporary-folder.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { defineSchema } from '../../src/tools/index.ts'
import { type Draw, drawFrom } from './draw.ts'
import { keepsAll, keepsAllInBatch } from './oracle.ts'
import { drawFaults, drawPolicyOf, drawWorld, SECRET, VENDORS, type World } from './world.ts'

export interface RunsProof {
  readonly runs: number
  readonly calls: number
  readonly answered: number
  /** As the vendors count them. */
  readonly requests: number
  /** By what made the ledger's attempts; many of each, or the runs say nothing. */
  readonly rerouted: number
  readonly repaired: number
  readonly escalated: number
  readonly hedged: number
  readonly summedUp: number
  /** Of the requests. */
  readonly inBatch: number
  /** Calls that found nobody, or that content rules have refused. */
  readonly withoutRoute: number
  readonly blocked: number
  /** One line for each request that no policy allowed, at most twenty. */
  readonly failures: readonly string[]
}

type Counts = { -readonly [K in keyof Omit<RunsProof, 'failures'>]: number }

/** Runs of one world go on side by side, for most of their time is waiting. */
const RUNS_PER_WORLD = 20
const MOST_FAILURES = 20

/** Real batches are looked at after 2 s for the first time. */
const LOOK_MS = 10

export async function proveRuns(runs: number, seed: number): Promise<RunsProof> {
  const draw = drawFrom(seed)
  const vendors = await startVendors(VENDORS)
  const counts = noCounts()
  const failures: string[] = []
  try {
    for (let done = 0; done < runs && failures.length < MOST_FAILURES; done += RUNS_PER_WORLD) {
      const seen = vendors.meter().length
      const size = Math.min(RUNS_PER_WORLD, runs - done)
      failures.push(...(await proveWorld({ draw, vendors, counts, first: done, size })))
      const requests = vendors.meter().slice(seen)
      counts.requests += requests.length
      counts.inBatch += requests.filter(row => row.inBatch).length
    }
  } finally {
    await vendors.close()
  }
  return { ...counts, failures }
}

function noCounts(): Counts {
  const counts = { runs: 0, calls: 0, answered: 0, requests: 0, rerouted: 0, repaired: 0 }
  return { ...counts, escalated: 0, hedged: 0, summedUp: 0, inBatch: 0, withoutRoute: 0, blocked: 0 }
}

interface Proving {
  readonly draw: Draw
  readonly vendors: RunningVendors
  readonly counts: Counts
  readonly first: number
  readonly size: number
}

/** A call as it was asked: what it may not reach follows from this. */
interface Asked {
  readonly policies: readonly PolicyAt[]
  readonly secret: boolean
}

async function proveWorld({ draw, vendors, counts, first, size }: Proving): Promise<readonly string[]> {
  const { add, close } = createClosers()
  try {
    const folder = temporaryFolder('signalbox-policy-', { add })
    const store = await openStore({ path: join(folder, 'store.db') })
    add(() => store.close())
    const addresses = new Map(vendors.vendors.map(({ name, protocol, baseUrl }) => [name, { protocol, baseUrl }]))
    const world = drawWorld(draw, addresses)
    for (const { name } of vendors.vendors) await vendors.setFaults(name, drawFaults(draw))
    const schemas = [defineSchema('Verdict', z.object({ ok: z.boolean(), reason: z.string() }))]
    const wired = wirePorts({ configuration: world.configuration, store, app: { schemas } })
    add(() => wired.close())
    const asked = new Map<string, Asked>()
    const seeds = Array.from({ length: size }, () => draw.below(2 ** 31))
    await Promise.all(
      seeds.map((seed, at) =>
        oneRun({ world, store, wired, asked, counts, name: `run-${first + at}`, draw: drawFrom(seed) }),
      ),
    )
    await countAttempts(store, counts)
    return [...forbidden(vendors, world, asked), ...(await outOfClass(store, world))]
  } finally {
    await close()
  }
}

interface Running {
  readonly world: World
  readonly store: Store
  readonly wired: ReturnType<typeof wirePorts>
  readonly asked: Map<string, Asked>
  readonly counts: Counts
  readonly name: string
  readonly draw: Draw
}

/** A few steps on one transcript; now and then one with a schema, one with a policy of its own, and a summary in between. */
async function oneRun(running: Running): Promise<void> {
  const { store, counts, name, draw } = running
  const labels: Record<string, string> = draw.yes(0.3) ? { team: 'growth' } : {}
  const policy = draw.maybe(0.4, () => drawPolicyOf(draw, 0.1))
  const workspace = draw.one(['default', 'press'])
  const run: RunRef = { id: name, key: `key-${name}`, workspace, labels, ...(policy && { policy }) }
  await store.ledger.openRun({ run, workflow: 'drawn', budget: {}, startedAtMs: Date.now() })
  counts.runs += 1
  let transcript: TranscriptRef = { lineage: `${name}/agent`, length: 0 }
  let known: KnownPrompt | undefined
  let secret = false
  for (let step = 1, last = 1 + draw.below(5); step <= last; step += 1) {
    const sumsUp = transcript.length > 1 && draw.yes(0.2)
    const says = !sumsUp && draw.yes(0.1)
    secret ||= says
    const input = inputOf({ run, step, transcript, known, draw, sumsUp, says })
    const result = await ask(running, input, secret)
    if (result.kind === 'answered') counts.answered += 1
    if (result.kind !== 'answered') return
    if (sumsUp) counts.summedUp += 1
    else {
      transcript = result.answer.transcript
      known = result.answer.known
    }
  }
}

interface Step {
  readonly run: RunRef
  readonly step: number
  readonly transcript: TranscriptRef
  readonly known: KnownPrompt | undefined
  readonly draw: Draw
  readonly sumsUp: boolean
  readonly says: boolean
}

function inputOf({ run, step, transcript, known, draw, sumsUp, says }: Step): CallModelInput {
  const text = `Step ${step} of ${run.id}${says ? `, about ${SECRET}` : ''}: go on.`
  const policy = draw.maybe(0.3, () => drawPolicyOf(draw, 0.1))
  const taskClass = draw.one(['auto', 'cheap', 'cheap', 'strong', 'nightly'])
  return {
    run,
    step,
    taskClass: sumsUp ? 'compaction' : taskClass,
    transcript: sumsUp ? { lineage: `${run.id}/sum-${step}`, length: 0 } : transcript,
    additions: [{ role: 'user', content: [{ type: 'text', text }] }],
    memory: { draw: draw.chance(), ...(known && !sumsUp && { known }) },
    ...(policy && { policy }),
    ...(sumsUp && { sumsUpFor: taskClass }),
    ...(!sumsUp && draw.yes(0.5) && { schema: 'Verdict' }),
  }
}

async function ask({ world, wired, asked, counts }: Running, input: CallModelInput, secret: boolean) {
  const { directory } = world.configuration
  const name = `${input.run.id}/${input.step}`
  const classes = [input.taskClass, ...(input.sumsUpFor === undefined ? [] : [input.sumsUpFor])]
  const policies = policyLevels(directory, {
    workspace: input.run.workspace,
    classes: classes.map(each => directory.classes[each]!),
    ...(input.run.policy && { run: input.run.policy }),
    ...(input.policy && { call: input.policy }),
  })
  // A summary is of a transcript of its own here, in which the word does not stand.
  asked.set(name, { policies, secret: secret && input.sumsUpFor === undefined })
  let sent = 0
  const newId = () => {
    sent += 1
    return `${name}#${sent}`
  }
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
  const callModel = createCallModel({ ...wired.ports, newId, othersServe: async () => false })
  const call = () => environment.run(callModel, input) as Promise<CallModelResult>
  let result = await call()
  while (result.kind === 'wait' && result.inBatch) {
    await delay(LOOK_MS)
    result = await call()
  }
  counts.calls += 1
  if (result.kind === 'fault' && result.fault.kind === 'no-route') counts.withoutRoute += 1
  if (result.kind === 'fault' && result.fault.evidence.code === 'content-rule') counts.blocked += 1
  return result
}

/** Requests that reached a vendor against a policy of their call. */
function forbidden(vendors: RunningVendors, world: World, asked: ReadonlyMap<string, Asked>): readonly string[] {
  return vendors.meter().flatMap(({ vendor, model, inBatch = false, clientRequestId = '' }) => {
    const name = clientRequestId.slice(0, clientRequestId.lastIndexOf('#'))
    const call = asked.get(name)
    if (!call) return []
    const endpoint = world.endpoints.find(({ provider, upstream }) => provider === vendor && upstream === model)
    if (!endpoint) return [`${clientRequestId} asked ${vendor} for ${model}, which is no endpoint`]
    if (!keepsAll(endpoint, call.policies)) return [`${clientRequestId} reached ${endpoint.id} against a policy`]
    if (inBatch && !keepsAllInBatch(endpoint, call.policies))
      return [`${clientRequestId} reached ${endpoint.id} in a batch against a policy`]
    const isTold = call.policies.some(
      ({ policy, provider = vendor }) => provider === vendor && policy.content !== undefined,
    )
    return call.secret && isTold ? [`${clientRequestId} told ${vendor} what a content rule blocks`] : []
  })
}

/** Attempts in another class than the one asked: its policy holds too. */
async function outOfClass(store: Store, { endpoints, configuration }: World): Promise<readonly string[]> {
  const { classes } = configuration.directory
  return (await store.reports.attempts({ limit: 100_000 })).flatMap(({ attemptId, endpoint: id, taskClass }) => {
    const endpoint = endpoints.find(each => each.id === id)!
    const { policy } = classes[taskClass]!
    return keepsAll(endpoint, [{ level: 'class', policy }]) ? [] : [`${attemptId} breaks the policy of ${taskClass}`]
  })
}

async function countAttempts(store: Store, counts: Counts): Promise<void> {
  for (const { reason } of await store.reports.attempts({ limit: 100_000 })) {
    if (reason.includes('rerouted')) counts.rerouted += 1
    const { special } = readReason(reason)
    if (special === 'repair') counts.repaired += 1
    if (special === 'escalated') counts.escalated += 1
    if (special === 'hedge') counts.hedged += 1
  }
}
