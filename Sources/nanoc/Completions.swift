/// The completion script for bash, mended: the generator knows subcommands by their names alone, but the default one
/// stands on the line without it, as in `nanoc FILE.av --target object`.
enum Completions {
  private static let subcommands = "        # Offer subcommand completions\n"

  /// A text in which, if it is such a script, what is no subcommand is completed as the default one's.
  static func offeringDefaultCommand(in text: String, command: String = "nanoc", default name: String = "compile")
    -> String
  {
    guard text.hasPrefix("#!/bin/bash"), let comment = text.range(of: subcommands),
      let end = text[comment.upperBound...].firstIndex(of: "\n")
    else { return text }
    let offer = text[comment.upperBound..<end].drop { $0 == " " }
    return text[..<comment.upperBound] + """
              [[ "${COMP_CWORD}" -eq 1 ]] && \(offer)
              unparsed_words=("${subcommand}" "${unparsed_words[@]}")
              _\(command)_\(name)
      """ + text[end...]
  }
}
