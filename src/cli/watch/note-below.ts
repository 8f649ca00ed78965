/**
 * Says of a run that is watched for which approvals the runs below it wait: its own events tell of a child when that has ended.
 *
 * @module
 */
import type { PendingApproval } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import { shorten } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'

const LOOK_EVERY_MS = 3_000

const PREVIEW = 160

/** Looks from time to time and says what is asked, each thing once. @returns what ends it */
export function noteBelow(signalbox: Signalbox, id: string, terminal: Pick<Terminal, 'note'>): () => void {
  const said = new Set<string>()
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    // What is wrong with the store is told where the run's events are read.
    for (const { run, approval } of await asksBelow(signalbox, id).catch(() => [])) {
      const key = [run, approval.step, approval.toolCallId].join(' ')
      if (!said.has(key)) terminal.note(wordsOf(run, approval))
      said.add(key)
    }
    isLooking = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

async function asksBelow(signalbox: Signalbox, id: string) {
  const { runsBelow } = await import('../../runtime/runs-below.ts')
  const below = await runsBelow(await signalbox.store(), id)
  return below.flatMap(({ report, pending }) => pending.map(approval => ({ run: report.id, approval })))
}

function wordsOf(run: string, { step, toolName, inputPreview, toolCallId }: PendingApproval): string {
  return [
    `note: below, step ${step} of ${run} · tool ${toolName} wants approval for ${shorten(inputPreview, PREVIEW)}`,
    `  signalbox approve ${run} ${toolCallId}    or: signalbox deny ${run} ${toolCallId}`,
  ].join('\n')
}
