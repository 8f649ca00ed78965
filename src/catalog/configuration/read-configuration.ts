/**
 * From the text of a `signalbox.yaml` to a configuration that can be used, or to everything that is wrong with it. Begin here: there is a
 * folder for each part of that, and none imports from one below it.
 *
 * 1. `text/`: the YAML, where in it a value stands, and the words for what is wrong there.
 * 2. `variables/`: `${VAR}` and `${file:/path}`, and which texts are secret.
 * 3. `shape/`: what each section may hold.
 * 4. `providers/`: how each provider is reached, and the models and endpoints that it serves.
 * 5. `names/`: names in policies, budgets and notices that nobody bears.
 * 6. `classes/`: what each task class inherits, where it leads, and which endpoints it is left with.
 *
 * `assemble.ts` puts together what is right, and `load-configuration.ts` reads all of it from disk.
 *
 * @module
 */
import type { TaskClass } from '../../core/task-class.ts'
import { type Catalogue, loadCatalogue } from '../catalogue.ts'
import { assemble, outerPolicies } from './assemble.ts'
import { classCircleProblems } from './classes/class-circles.ts'
import { type Inherited, inherit } from './classes/class-inheritance.ts'
import { classLinkProblems } from './classes/class-links.ts'
import { modelProblems } from './classes/class-models.ts'
import { classRuleProblems } from './classes/class-rules.ts'
import { emptyClasses } from './classes/empty-classes.ts'
import type { Candidate } from './classes/left-endpoints.ts'
import { resolveClass } from './classes/resolve-classes.ts'
import type { Configuration, ConfigurationResult } from './configuration.ts'
import { policyNameProblems } from './names/policy-names.ts'
import { scopeNameProblems } from './names/scope-names.ts'
import { problemsBeside } from './providers/broken-provider.ts'
import { vendorOf } from './providers/like.ts'
import { indexModels, type ModelIndex } from './providers/model-index.ts'
import { type ResolvedProvider, resolveProvider } from './providers/resolve-provider.ts'
import { readSections, type Sections } from './shape/read-sections.ts'
import { type Problem, pathText } from './text/problem.ts'
import { createScrubber, looksSecret, scrubProblem } from './text/quoting.ts'
import { valueAt } from './text/value-at.ts'
import { parseYaml, type YamlDocument } from './text/yaml-document.ts'
import { type Filled, fillIn } from './variables/fill-in.ts'
import { type SecretFiles, secretFilesOf } from './variables/secret-files.ts'
import { type Environment, NO_GAPS } from './variables/variables.ts'

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
