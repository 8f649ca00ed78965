/**
 * `extends` between task classes.
 *
 * @module
 */
import type { Policy } from '../../../core/policy/policy.ts'
import type { ClassShape } from '../shape/shape.ts'
import { type Problem, pathText } from '../text/problem.ts'
import { unknownOtherClass } from '../text/unknown-name.ts'
import { nameAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { tightenPolicy } from './tighten-policy.ts'

export interface Inherited extends Omit<ClassShape, 'extends' | 'policy'> {
  readonly policy?: Policy
}

/**
 * Merges every class over its parents. What the child names wins, `needs` and `providerOptions` key by key; its policy
 * is added to the parent's and takes nothing back. The classes that it names to go on in are its own.
 *
 * @returns the classes whose line of parents is whole
 * @param declared - The classes whose own shape is right.
 * @param written - Those and the others: extending a broken class is no problem of its own.
 */
export function inherit(
  declared: ReadonlyMap<string, ClassShape>,
  written: ReadonlyMap<string, unknown>,
  document: YamlDocument,
): { classes: ReadonlyMap<string, Inherited>; problems: readonly Problem[] } {
  const names = [...written.keys()]
  const problems: Problem[] = names.flatMap(name => unknownParent(name, written, names, document))
  const classes = new Map<string, Inherited>()
  const broken = new Set<string>()
  for (const name of declared.keys()) {
    const { line, end } = lineOf(name, { declared, whole: classes, broken })
    if (end === undefined) for (const link of line.toReversed()) classes.set(link, merged(declared.get(link)!, classes))
    else {
      if (line.includes(end)) problems.push(cycle(line.slice(line.indexOf(end)), document))
      for (const link of line) broken.add(link)
    }
  }
  return { classes, problems }
}

function unknownParent(
  name: string,
  written: ReadonlyMap<string, unknown>,
  names: readonly string[],
  document: YamlDocument,
): readonly Problem[] {
  const found = nameAt(written.get(name), ['extends'])
  if (found === undefined || written.has(found)) return []
  return [unknownOtherClass({ by: name, setting: 'extends', what: 'class to extend', found }, names, document)]
}

interface Lines {
  readonly declared: ReadonlyMap<string, ClassShape>
  readonly whole: ReadonlyMap<string, Inherited>
  /** Classes of lines that break or close, and were followed before. */
  readonly broken: ReadonlySet<string>
}

/** From a class up to below the first ancestor that is whole already; `end` is the name at which the line breaks or closes. */
function lineOf(name: string, { declared, whole, broken }: Lines): { line: string[]; end?: string } {
  const line = new Set<string>()
  for (let next: string | undefined = name; next !== undefined; next = declared.get(next)?.extends) {
    if (whole.has(next)) break
    if (line.has(next) || broken.has(next) || !declared.has(next)) return { line: [...line], end: next }
    line.add(next)
  }
  return { line: [...line] }
}

function merged({ extends: above, ...child }: ClassShape, whole: ReadonlyMap<string, Inherited>): Inherited {
  const parent: Inherited = (above !== undefined && whole.get(above)) || {}
  // Where the other class extends this one, it would name itself.
  const { onBudget: _below, escalateTo: _above, rules: _rules, split: _split, ...inherited } = parent
  return {
    ...inherited,
    ...child,
    needs: { ...parent.needs, ...child.needs },
    providerOptions: { ...parent.providerOptions, ...child.providerOptions },
    policy: tightenPolicy(parent.policy ?? {}, child.policy ?? {}),
  }
}

/** At the member that was come to first. */
function cycle(members: readonly string[], document: YamlDocument): Problem {
  const path = ['classes', members[0]!, 'extends']
  const round = [...members, members[0]!].join(' -> ')
  return {
    path: pathText(path),
    message: `the classes extend each other in a cycle: ${round}`,
    ...document.place(path),
  }
}
