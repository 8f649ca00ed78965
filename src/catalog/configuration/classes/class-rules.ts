/**
 * What is wrong with the rules and splits of a class: names that nobody bears, rules that can hold for no call, idle settings.
 *
 * @module
 */
import { isRecord } from '../../../core/json/is-record.ts'
import { DEFAULT_WORKSPACE } from '../../../core/protocol.ts'
import { servesItself } from '../../../core/routing/class/choose-class.ts'
import { some } from '../../../core/words/some.ts'
import type { Sections } from '../shape/read-sections.ts'
import type { ClassShape } from '../shape/shape.ts'
import { type Path, type Problem, pathText } from '../text/problem.ts'
import { unknownName } from '../text/unknown-name.ts'
import { nameAt, valueAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'

export function classRuleProblems(
  { classes, workspaces }: Pick<Sections, 'classes' | 'workspaces'>,
  document: YamlDocument,
): readonly Problem[] {
  const known = { class: classes.names, workspace: [DEFAULT_WORKSPACE, ...workspaces.names] }
  const unknown = [...classes.written].flatMap(([name, written]) =>
    namesIn(name, written)
      .filter(({ what, found }) => !known[what].includes(found))
      .map(({ path, what, found }) =>
        unknownName({ path, what, found, known: known[what], allowed: some(known[what]), isKey: true }, document),
      ),
  )
  const idle = [...classes.right].flatMap(([name, shape]) => [
    ...idleSettings(name, shape, document),
    ...ruleOrder(name, shape, document),
  ])
  return [...unknown, ...idle]
}

interface Named {
  readonly path: Path
  readonly what: 'class' | 'workspace'
  readonly found: string
}

/** The names that stand in rules and splits, also of a class that has other problems. */
function namesIn(name: string, written: unknown): readonly Named[] {
  const at = ['classes', name]
  const rules = valueAt(written, ['rules'])
  const split = valueAt(written, ['split'])
  return [
    ...(Array.isArray(rules) ? rules.flatMap((rule, index) => namesInRule(rule, [...at, 'rules', index])) : []),
    ...(isRecord(split) ? Object.keys(split) : []).map(
      (found): Named => ({ path: [...at, 'split', found], what: 'class', found }),
    ),
  ]
}

function namesInRule(rule: unknown, at: Path): readonly Named[] {
  const use = nameAt(rule, ['use'])
  const workspaces = [valueAt(rule, ['when', 'workspace'])].flat()
  return [
    ...(use === undefined ? [] : [{ path: [...at, 'use'], what: 'class', found: use } as const]),
    ...workspaces.flatMap((found): readonly Named[] =>
      typeof found === 'string' && found ? [{ path: [...at, 'when', 'workspace'], what: 'workspace', found }] : [],
    ),
  ]
}

/** What a class may have beside rules or a split that leave no call to itself. */
const ROUTING: ReadonlySet<string> = new Set(['rules', 'split', 'policy', 'extends', 'maxOutputTokens'])

/** Settings of a class that serves no call itself would be read by nobody. */
function idleSettings(name: string, shape: ClassShape, document: YamlDocument): readonly Problem[] {
  if (servesItself({ name, rules: shape.rules, split: shape.split })) return []
  return Object.entries(shape).flatMap(([key, value]) => {
    if (value === undefined || ROUTING.has(key)) return []
    const path = ['classes', name, key]
    return [
      {
        path: pathText(path),
        message: 'the class passes every call on to other classes, so this would have no effect',
        allowed: `the same setting in the classes that ${name} leads to, or ${name} as one of them`,
        ...document.place(path, 'key'),
      },
    ]
  })
}

function ruleOrder(name: string, { rules, split, models, needs }: ClassShape, document: YamlDocument) {
  const told = (below: Path, message: string, allowed: string): Problem => {
    const path = ['classes', name, ...below]
    return { path: pathText(path), message, allowed, ...document.place(path) }
  }
  const problems: Problem[] = []
  if (rules && split) problems.push(told(['split'], 'a class has rules or a split, not both', 'one of them'))
  const open = rules?.findIndex(({ when }) => when === undefined) ?? -1
  if (rules && open >= 0 && open < rules.length - 1)
    problems.push(
      told(
        ['rules', open],
        'this rule matches every call, so the rules below it are never reached',
        'a rule with `when`, or this one as the last',
      ),
    )
  if (rules && open < 0 && !models && !needs)
    problems.push(
      told(['rules'], 'some calls match no rule', 'a last rule without `when`, or `models` for the other calls'),
    )
  return problems
}
