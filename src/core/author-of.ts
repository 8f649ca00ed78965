/** The author of a model: the part of its name before the slash. */
export function authorOf(model: string): string {
  return model.slice(0, model.indexOf('/'))
}
