/**
 * Holds each section of a configuration to its shape, so that one broken entry does not hide what is wrong with others.
 *
 * @module
 */
import type { z } from 'zod'
import type { AlertSettings } from '../../../core/alert.ts'
import { isRecord } from '../../../core/json/is-record.ts'
import { type Problem, pathText } from '../text/problem.ts'
import { looksSecret } from '../text/quoting.ts'
import { valueAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { alertsOf } from './alert-shape.ts'
import { type BudgetShape, budgetShape } from './budget-shape.ts'
import { checkShape } from './check-shape.ts'
import { type NoticeShape, noticeShape } from './notice-shape.ts'
import type { PolicyShape } from './policy-shape.ts'
import { type ClassShape, classShape, fileShape, type ProviderShape, providerShape, workspaceShape } from './shape.ts'

/** The entries of a section whose shape is right, and the names of all of them. */
interface Section<Shape> {
  readonly right: ReadonlyMap<string, Shape>
  readonly names: readonly string[]
  /** All entries as they are written, with the variables filled in: for what can be told of one that has other problems too. */
  readonly written: ReadonlyMap<string, unknown>
}

export interface Sections {
  readonly app?: string
  readonly alerts?: AlertSettings
  readonly policy: PolicyShape
  /** As it is written, also where the file has other problems. */
  readonly writtenPolicy: unknown
  readonly providers: Section<ProviderShape>
  readonly classes: Section<ClassShape>
  readonly workspaces: Section<{ policy?: PolicyShape; encryptPayloads?: boolean }>
  readonly budgets: Section<BudgetShape>
  readonly notices: Section<NoticeShape>
  readonly problems: readonly Problem[]
}

/** @param value - The document's value with the variables filled in. */
export function readSections(value: unknown, document: YamlDocument): Sections {
  const file = checkShape(fileShape, value, [], document)
  const whole = isRecord(value) ? value : {}
  const providers = readSection('providers', whole, providerShape, document)
  const classes = readSection('classes', whole, classShape, document)
  const workspaces = readSection('workspaces', whole, workspaceShape, document)
  const budgets = readSection('budgets', whole, budgetShape, document)
  const notices = readSection('notices', whole, noticeShape, document)
  const app = file.ok ? file.value.app : undefined
  const alerts = file.ok ? file.value.alerts : undefined
  return {
    ...(app === undefined ? {} : { app }),
    ...(alerts && { alerts: alertsOf(alerts) }),
    policy: (file.ok && file.value.policy) || {},
    writtenPolicy: valueAt(value, ['policy']),
    providers,
    classes,
    workspaces,
    budgets,
    notices,
    problems: [
      file.ok ? [] : file.problems,
      isRecord(whole.classes) && classes.names.length === 0 ? [noClass(document)] : [],
      ...[providers, classes, workspaces, budgets, notices].map(({ problems }) => problems),
    ].flat(),
  }
}

function readSection<Schema extends z.ZodType>(
  section: string,
  whole: Readonly<Record<string, unknown>>,
  schema: Schema,
  document: YamlDocument,
): Section<z.output<Schema>> & { problems: readonly Problem[] } {
  const entries = Object.hasOwn(whole, section) && isRecord(whole[section]) ? Object.entries(whole[section]) : []
  const right = new Map<string, z.output<Schema>>()
  const problems: Problem[] = []
  for (const [name, entry] of entries) {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) problems.push(badName(section, name, document))
    // `deepseek:` with nothing after it means the same as `deepseek: {}`.
    const shaped = checkShape(schema, entry ?? {}, [section, name], document)
    if (shaped.ok) right.set(name, shaped.value)
    else problems.push(...shaped.problems)
  }
  return { right, names: entries.map(([name]) => name), written: new Map(entries), problems }
}

/** Every call names a class: with none there is nothing that a run could ask. */
function noClass(document: YamlDocument): Problem {
  const allowed = 'at least one class, such as `cheap: { models: [author/name] }`'
  return { path: 'classes', message: 'there is no class', allowed, ...document.place(['classes'], 'key') }
}

function badName(section: string, name: string, document: YamlDocument): Problem {
  return {
    path: pathText([section, looksSecret(name) ? '[hidden]' : name]),
    message: 'the name is not allowed',
    allowed: 'letters, digits, ".", "_" and "-", beginning with a letter or digit',
    ...document.place([section, name], 'key'),
  }
}
