namespace Discovery.Runtime;

/// <summary>One loop of a <see cref="LoopSupervisor"/>; its state is replaced as a whole.</summary>
internal sealed class SupervisedLoop(string name, Func<CancellationToken, Task> body, LoopRestart restart)
{
    private volatile LoopState _state = new(name, LoopPhase.Running, null, 0);

    internal string Name => name;

    internal LoopRestart Restart => restart;

    internal LoopState State => _state;

    internal bool HasEnded => _state.Phase is LoopPhase.Completed or LoopPhase.Failed or LoopPhase.Stopped;

    internal Task Ended { get; set; } = Task.CompletedTask;

    internal Task RunBody(CancellationToken cancellationToken) => body(cancellationToken);

    internal void Enter(LoopPhase phase) => _state = _state with { Phase = phase };

    internal void EnterFailed(LoopPhase phase, Exception error) =>
        _state = _state with { Phase = phase, LastError = $"{error.GetType().Name}: {error.Message}" };

    internal void EnterRestarted() => _state = _state with { Phase = LoopPhase.Running, Restarts = _state.Restarts + 1 };
}
