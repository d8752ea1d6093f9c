namespace Discovery.State;

/// <summary>Ends a command that changes more rows than one command may.</summary>
internal sealed class TooManyChangesException() : Exception($"A command changed more than {StateTransaction.ChangesMax} rows.");
