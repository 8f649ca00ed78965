/**
 * Classes that no endpoint can serve.
 *
 * @module
 */
import type { Policy, PolicyAt } from '../../../core/policy/policy.ts'
import { policyLevels } from '../../../core/policy/policy-levels.ts'
import { servesItself } from '../../../core/routing/class/choose-class.ts'
import type { Directory, TaskClass } from '../../../core/task-class.ts'
import { type Problem, pathText } from '../text/problem.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { type Candidate, describeFallen, endpointsLeft, type Left } from './left-endpoints.ts'

/** One problem for each class that is left with no endpoint under the global policy and its own. */
export function emptyClasses(
  classes: readonly TaskClass[],
  candidates: readonly Candidate[],
  outer: Pick<Directory, 'policy' | 'keys'>,
  document: YamlDocument,
): readonly Problem[] {
  return classes.filter(servesItself).flatMap(taskClass => {
    const left = endpointsLeft(taskClass, candidates, policiesOf(taskClass, outer))
    // Without a candidate the class names only models that nobody serves, and that is said model by model.
    if (left.left.length > 0 || (left.fallen.length === 0 && taskClass.models)) return []
    const path = ['classes', taskClass.name]
    return [{ path: pathText(path), ...emptiness(left), ...document.place(path, 'key') }]
  })
}

/** Those of a class's calls that any run makes, or those of a workspace's. */
export function policiesOf(
  taskClass: TaskClass,
  { policy, keys }: Pick<Directory, 'policy' | 'keys'>,
  workspace?: Policy,
): readonly PolicyAt[] {
  const workspaces: Directory['workspaces'] = workspace ? { its: { policy: workspace } } : {}
  return policyLevels({ policy, workspaces, keys }, { workspace: 'its', classes: [taskClass] })
}

/** For who has no key yet as well as for who forgot to set it. */
const REPAIR =
  'one that has what it needs; `signalbox vendors` plays them without keys or addresses, and prints what to set for that'

function emptiness({ fallen }: Left): Omit<Problem, 'path'> {
  if (fallen.length === 0) return { message: 'no endpoint is left: no provider has a model' }
  if (fallen.some(({ disabled }) => disabled === undefined))
    return { message: 'no endpoint is left', found: describeFallen(fallen) }
  const reasons = new Set(fallen.map(({ endpoint, disabled }) => `${endpoint.provider} (${disabled})`))
  return {
    message: 'no endpoint is left: every provider of its models is disabled',
    found: [...reasons].join(', '),
    allowed: REPAIR,
  }
}
