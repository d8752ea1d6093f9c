namespace Discovery.State.Watching;

/// <summary>Somebody who wants to hear of changes of a handful of topics.</summary>
internal interface IStateWatcher
{
    /// <summary>The topics; the same for as long as the watcher is registered.</summary>
    IReadOnlyList<StateTopic> Topics { get; }

    /// <summary>One of the topics has changed. Called on the apply loop, under a lock: must only take note.</summary>
    void Signal();
}
