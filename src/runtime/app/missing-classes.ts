/**
 * Task classes that an app names and the configuration does not have.
 *
 * @module
 */
import type { Directory } from '../../core/task-class.ts'
import { meantOrAll } from '../../core/words/did-you-mean.ts'
import type { App } from './app.ts'

/** One sentence each: a worker that starts with such a name would refuse the first call of that class. */
export function missingClasses(
  { agents = [], classes = [] }: Pick<App, 'agents' | 'classes'>,
  directory: Directory,
): readonly string[] {
  const known = Object.keys(directory.classes)
  const ofAgents = agents.flatMap(({ name, taskClass, compaction }) => [
    ...missingClass(`agent '${name}' names the task class '${taskClass}'`, taskClass, known),
    ...(compaction === undefined
      ? []
      : missingClass(`agent '${name}' names the task class '${compaction}' for compaction`, compaction, known)),
  ])
  const listed = classes.flatMap(name => missingClass(`\`classes\` lists the task class '${name}'`, name, known))
  return [...ofAgents, ...listed]
}

function missingClass(named: string, taskClass: string, known: readonly string[]): readonly string[] {
  if (known.includes(taskClass)) return []
  return [`${named}, which the configuration does not have${meantOrAll(taskClass, known)}`]
}
