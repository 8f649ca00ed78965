/**
 * Performs the demo: starts the writing desk and the researcher, follows both, and gives the word that one of them asks for.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { researchBrief, writingDeskBrief } from '../../../demo/brief.ts'
import type { RunEvent } from '../../core/events.ts'
import type { Brief, Outcome } from '../../core/protocol.ts'
import type { RunHandle } from '../run-handle.ts'
import type { Closers } from './closers.ts'
import { readManuscript } from './demo-folder.ts'
import type { DemoStage } from './start-stage.ts'

/** What a person sees of the demo while it runs. */
export interface DemoWatcher {
  /** A run was started; its page in the Temporal UI is there from now on. */
  started(run: { readonly id: string; readonly workflow: string; readonly url: string }): void
  saw(runId: string, event: RunEvent): void
}

/** One run with its end. */
export interface PerformedRun {
  readonly id: string
  readonly workflow: string
  readonly url: string
  readonly outcome: Outcome
}

/** The first event of a run has offset 0. */
const FROM_THE_BEGINNING = -1

/** Between two looks whether the workflow has heard of the tool call that its answer asked for. */
const APPROVAL_POLL_MS = 100

/** Runs both at once; resolves when both have ended, however they ended. */
export async function perform(stage: DemoStage, closers: Closers, watcher: DemoWatcher): Promise<PerformedRun[]> {
  const briefs = [
    ['writingDesk', writingDeskBrief(await readManuscript())],
    ['researcher', researchBrief()],
  ] as const
  return Promise.all(briefs.map(([workflow, brief]) => performRun(stage, closers, watcher, workflow, brief)))
}

async function performRun(
  { signalbox, server }: DemoStage,
  closers: Closers,
  watcher: DemoWatcher,
  workflow: string,
  brief: Brief<unknown>,
): Promise<PerformedRun> {
  const run = await signalbox.start(workflow, { input: brief.input, ...brief.terms })
  let ended = false
  // A server of ours takes its runs with it; on another one an unfinished run would wait for its worker for ever.
  if (!server.own) closers.add(() => (ended ? undefined : terminate(signalbox.client, run.id)))
  const url = (await run.url())!
  watcher.started({ id: run.id, workflow, url })
  for await (const event of run.events({ after: FROM_THE_BEGINNING })) {
    watcher.saw(run.id, event)
    if (event.kind === 'approval-ask') await approve(run, event.toolCallId)
  }
  const outcome = await run.outcome()
  ended = true
  return { id: run.id, workflow, url, outcome }
}

/** Approves once the run waits for it: the event is written with the answer, a moment before the workflow has read it. */
async function approve(run: RunHandle, toolCallId: string): Promise<void> {
  for (;;) {
    const { pending, status } = await run.state()
    if (pending.some(asked => asked.toolCallId === toolCallId)) break
    if (status === 'closed') return
    await delay(APPROVAL_POLL_MS)
  }
  await run.approve(toolCallId, { by: 'the demo' })
}

async function terminate(client: Client, id: string): Promise<void> {
  try {
    await client.workflow.getHandle(id).terminate('the demo was ended')
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
