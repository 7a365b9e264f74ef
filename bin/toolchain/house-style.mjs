// A plugin of TypeDoc: what doc comments of this project say in a way that TypeDoc leaves out.
import { Comment, Converter, ReflectionKind } from "typedoc";

/** @param {import("typedoc").Application} app */
export function load({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (_, reflection) => explainErrorName(reflection));
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) nameThrown(reflection.comment);
  });
  converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Constructor)) {
      if (reflection.inheritedFrom) project.removeReflection(reflection);
    }
  });
}

/** Every error class has its name as a literal: what for is said here once, and not at each. */
function explainErrorName(reflection) {
  const { kind, name, type, parent } = reflection;
  if (kind !== ReflectionKind.Property || name !== "name" || type?.type !== "literal" || type.value !== parent?.name)
    return;
  reflection.comment ??= new Comment([{ kind: "text", text: "The error's name, which no minifier changes." }]);
}

/** `@throws {InvalidInput} when …` keeps the error's name, which TypeDoc reads and does not show. */
function nameThrown(comment) {
  for (const tag of comment?.blockTags ?? []) {
    if (tag.tag !== "@throws" || !tag.typeAnnotation) continue;
    tag.content.unshift(
      { kind: "code", text: `\`${tag.typeAnnotation.replace(/^\{(.*)\}$/s, "$1")}\`` },
      { kind: "text", text: " " },
    );
    delete tag.typeAnnotation;
  }
}
