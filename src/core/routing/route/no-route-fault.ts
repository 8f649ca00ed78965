/**
 * The fault of a call that no endpoint may serve, with every reason.
 *
 * @module
 */
import type { Fault } from '../../faults/fault.ts'
import type { RunRef } from '../../protocol.ts'
import { shellWord } from '../../words/shell-word.ts'
import { describeRejection } from '../filter/rejection-words.ts'
import type { Route } from './route.ts'

/** How many rejections one fault lists. It goes into history, where each takes about 150 bytes. */
const MOST_LINES = 50

/**
 * The `no-route` fault. Its message lists the rejection of each endpoint in the class, with the change that would admit it. Endpoints
 * outside of the class are only counted. If there are more than {@link MOST_LINES} lines, it names `signalbox explain` for this call, which
 * knows the call's needs and policies.
 */
export function noRouteFault(
  route: Route,
  taskClass: string,
  { run, step }: { readonly run: Pick<RunRef, 'id'>; readonly step: number },
  nowMs: number,
): Fault {
  const inClass = route.rejections.filter(({ rejection }) => rejection.rule !== 'not-in-class')
  const outside = route.rejections.length - inClass.length
  const lines = inClass
    .slice(0, MOST_LINES)
    .map(({ endpoint, rejection }) => `- ${describeRejection(endpoint, rejection, taskClass, nowMs)}`)
  if (inClass.length > MOST_LINES) lines.push(`- and ${inClass.length - MOST_LINES} more`)
  if (outside > 0) lines.push(`- ${outside} not in the class: add their models to classes.${taskClass}.models`)
  const rejected = `No endpoint of class ${taskClass} can serve this call; all ${route.rejections.length} are rejected:`
  const more = `\`signalbox explain ${shellWord(run.id)} --step ${step}\` shows the whole plan.`
  return { kind: 'no-route', message: [rejected, ...lines, more].join('\n'), evidence: {} }
}
