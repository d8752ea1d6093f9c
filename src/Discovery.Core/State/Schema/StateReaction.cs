namespace Discovery.State;

/// <summary>What a module does, inside the same transaction, when a row of some table has changed.</summary>
/// <param name="Table">The table.</param>
/// <param name="ModuleId">The reacting module.</param>
/// <param name="Id">The reaction's number within that module.</param>
/// <param name="Body">An <c>Action</c> of the transaction and the typed change.</param>
/// <param name="IsApplication">True when the module is an application's: what it throws rolls the command back.</param>
internal sealed record StateReaction(StateTable Table, int ModuleId, int Id, Delegate Body, bool IsApplication);
