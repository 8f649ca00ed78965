/**
 * From the text of a `signalbox.yaml` to a configuration that can be used, or to everything that is wrong with it.
 *
 * @module
 */
import type { TaskClass } from '../../core/task-class.ts'
import { type Catalogue, loadCatalogue } from '../catalogue.ts'
import { assemble, outerPolicies } from './assemble.ts'
import { problemsBeside } from './broken-provider.ts'
import { classCircleProblems } from './class-circles.ts'
import { type Inherited, inherit } from './class-inheritance.ts'
import { classLinkProblems } from './class-links.ts'
import { modelProblems } from './class-models.ts'
import { classRuleProblems } from './class-rules.ts'
import type { Configuration, ConfigurationResult } from './configuration.ts'
import { emptyClasses } from './empty-classes.ts'
import { type Filled, fillIn } from './fill-in.ts'
import type { Candidate } from './left-endpoints.ts'
import { vendorOf } from './like.ts'
import { indexModels, type ModelIndex } from './model-index.ts'
import { policyNameProblems } from './policy-names.ts'
import { type Problem, pathText } from './problem.ts'
import { createScrubber, looksSecret, scrubProblem } from './quoting.ts'
import { readSections, type Sections } from './read-sections.ts'
import { resolveClass } from './resolve-classes.ts'
import { type ResolvedProvider, resolveProvider } from './resolve-provider.ts'
import { scopeNameProblems } from './scope-names.ts'
import { type SecretFiles, secretFilesOf } from './secret-files.ts'
import { valueAt } from './value-at.ts'
import { type Environment, NO_GAPS } from './variables.ts'
import { parseYaml, type YamlDocument } from './yaml-document.ts'

export interface ReadOptions {
  /** Where `${VARIABLES}` and the keys of known providers come from. */
  readonly env: Environment
  /** What `${file:/path}` stands for. @defaultValue those at that path, from where the process runs */
  readonly secretFiles?: SecretFiles
  /** @defaultValue `loadCatalogue()` */
  readonly catalogue?: Catalogue
  /**
   * For who asks no vendor and posts nothing: classes may be left with no endpoint, as they are where the vendors' keys are not, and
   * variables of webhooks need no value. @defaultValue `false`
   */
  readonly asksNobody?: boolean
}

/**
 * Checks everything and lists all problems at once; only text that is not YAML ends the check early. Neither problems
 * nor notes nor the directory hold a key, what a file holds or the value of a variable that is named like one.
 */
export function readConfiguration(
  text: string,
  { env, secretFiles = secretFilesOf(''), catalogue = loadCatalogue(), asksNobody = false }: ReadOptions,
): ConfigurationResult {
  const parsed = parseYaml(text)
  if (!parsed.ok) return { ok: false, problems: parsed.problems }
  const filled = fillIn(parsed.document, { env, secretFiles, asksNobody })
  const scrub = createScrubber(filled.secrets)
  const { problems, configuration } = check({ document: parsed.document, filled, env, catalogue, asksNobody })
  // A text with a gap in it seldom has the right shape: the variable is the one thing to tell.
  const gaps = new Set(filled.problems.map(({ path }) => path))
  const all = [...parsed.problems, ...filled.problems, ...problems.filter(({ path }) => !gaps.has(path))]
  if (all.length > 0) return { ok: false, problems: all.map(problem => scrubProblem(problem, scrub)) }
  return { ok: true, configuration }
}

interface Material {
  readonly document: YamlDocument
  readonly filled: Filled
  readonly env: Environment
  readonly catalogue: Catalogue
  readonly asksNobody: boolean
}

function check(material: Material): { problems: readonly Problem[]; configuration: Configuration } {
  const { document, filled, catalogue, asksNobody } = material
  const sections = readSections(filled.value, document)
  const providers = resolveProviders(sections, material)
  const candidates = providers.resolved.flatMap(candidatesOf)
  const { index, broken } = indexModels(sections, providers.resolved, document, catalogue)
  const line = inherit(sections.classes.right, sections.classes.written, document)
  const classes = resolveClasses(line.classes, sections, index, material)
  // What a broken provider serves or an absent variable admits is not known, so nothing can be said of what is left.
  const unsure = broken || filled.problems.length > 0
  const empty =
    unsure || asksNobody ? [] : emptyClasses(classes.resolved, candidates, outerPolicies(sections), document)
  const names = [
    ...policyNameProblems(sections, index, catalogue, document),
    ...scopeNameProblems(sections, document),
    ...classLinkProblems(sections, document),
    ...classRuleProblems(sections, document),
    ...classCircleProblems(sections, document),
  ]
  return {
    problems: [sections, providers, { problems: names }, line, classes, { problems: empty }].flatMap(
      ({ problems }) => problems,
    ),
    configuration: assemble({
      sections,
      providers: providers.resolved,
      candidates,
      classes: classes.resolved,
      listVersion: catalogue.version,
    }),
  }
}

function resolveProviders({ providers }: Sections, { document, filled, env, catalogue, asksNobody }: Material) {
  const resolved: ResolvedProvider[] = []
  const problems: Problem[] = []
  for (const [name, written] of providers.written) {
    const missing = filled.missing.get(name) ?? NO_GAPS
    const problem = (below: readonly string[], rest: Omit<Problem, 'path'>): Problem => {
      const path = ['providers', name, ...below]
      const place = document.place(path, 'key') ?? document.place(['providers', name], 'key')
      return { path: pathText(path.map(part => (looksSecret(part) ? '[hidden]' : part))), ...rest, ...place }
    }
    const vendor = vendorOf(name, written, catalogue)
    const source = { name, vendor, catalogue, env, asksNobody, missing, problem }
    const shape = providers.right.get(name)
    const result = shape ? resolveProvider({ ...source, shape }) : { problems: problemsBeside(written, source) }
    if (result.provider) resolved.push(result.provider)
    problems.push(...result.problems)
  }
  return { resolved, problems }
}

function candidatesOf({ offers, disabled }: ResolvedProvider): readonly Candidate[] {
  return disabled === undefined ? offers : offers.map(offer => ({ ...offer, disabled }))
}

function resolveClasses(
  inherited: ReadonlyMap<string, Inherited>,
  { classes }: Sections,
  index: ModelIndex,
  { document, filled }: Material,
) {
  const resolved: TaskClass[] = []
  const problems: Problem[] = []
  for (const name of classes.names) {
    // From the value, not the shape: a class with another problem still gets its models checked.
    const models = valueAt(filled.value, ['classes', name, 'models'])
    if (Array.isArray(models)) problems.push(...modelProblems(name, models, index, document))
    const whole = inherited.get(name)
    if (!whole) continue
    const result = resolveClass(name, whole, index, document)
    resolved.push(result.taskClass)
    problems.push(...result.problems)
  }
  return { resolved, problems }
}
