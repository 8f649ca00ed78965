/**
 * The fault of a call that nobody may serve, with every reason.
 *
 * @module
 */
import type { Fault } from '../faults/fault.ts'
import { describeRejection } from './describe-rejection.ts'
import type { Route } from './route.ts'

/** Rejections spelled out in one fault: it goes into history, where each costs about 150 bytes. */
const MOST_LINES = 50

/**
 * The `no-route` fault. Its message lists each rejection of the class's endpoints with the change that would admit it;
 * endpoints outside of the class are counted, and past {@link MOST_LINES} lines it refers to `signalbox explain`.
 *
 * @param workspace - The run's; named where its policy rejects something, for the command to show the same.
 */
export function noRouteFault(route: Route, taskClass: string, nowMs: number, workspace?: string): Fault {
  const inClass = route.rejections.filter(({ rejection }) => rejection.rule !== 'not-in-class')
  const outside = route.rejections.length - inClass.length
  const lines = inClass
    .slice(0, MOST_LINES)
    .map(({ endpoint, rejection }) => `- ${describeRejection(endpoint, rejection, taskClass, nowMs)}`)
  if (inClass.length > MOST_LINES) lines.push(`- and ${inClass.length - MOST_LINES} more`)
  if (outside > 0) lines.push(`- ${outside} not in the class: add their models to classes.${taskClass}.models`)
  const rejected = `No endpoint of class ${taskClass} can serve this call; all ${route.rejections.length} are rejected:`
  const isOfWorkspace = inClass.some(
    ({ rejection }) => rejection.rule === 'policy' && rejection.breach.level === 'workspace',
  )
  const inWorkspace = isOfWorkspace && workspace !== undefined ? ` --workspace ${workspace}` : ''
  const more = `\`signalbox explain --class ${taskClass}${inWorkspace}\` shows the whole plan.`
  return { kind: 'no-route', message: [rejected, ...lines, more].join('\n'), evidence: {} }
}
