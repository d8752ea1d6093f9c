namespace Discovery;

/// <summary>Says which topics a change of one row touches.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
/// <param name="transaction">The state as the command has left it.</param>
/// <param name="change">The change.</param>
/// <param name="topics">Takes the topics.</param>
public delegate void StateTopicDerivation<TRow>(StateTransaction transaction, StateRowChange<TRow> change, ref StateTopicSink topics)
    where TRow : class;
