namespace Discovery;

/// <summary>Why a filter was refused, and where.</summary>
/// <param name="Message">
/// The text that Consul 1.8 answers to the same filter, its prefix <c>Failed to create boolean expression evaluator: </c> included; one
/// line for each error of the filter, at most 20.
/// </param>
/// <param name="Position">
/// Index of the (first) error in the filter's text, in UTF-16 code units; the text's length when it ends too early.
/// </param>
/// <param name="Line">Line of the error, from 1; a line feed itself counts to the line after it, as in Consul.</param>
/// <param name="Column">Column of the error in Unicode characters, from 1.</param>
public sealed record FilterError(string Message, int Position, int Line, int Column);
