using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What a <see cref="ReadyRunner"/> acts on.</summary>
internal interface IReadyTarget
{
    void Send(RaftMessage message);

    void Write(IReadOnlyList<DiskOperation> operations, Action done);

    void Persisted(ulong sequence);

    /// <summary>The state of a snapshot that has arrived.</summary>
    RegisterImage Received(SnapshotMeta meta);

    void Restore(SnapshotMeta meta);

    void Apply(IReadOnlyList<LogEntry> entries);

    void Load(LoadRequest request);

    void SendSnapshot(VoterId to, ulong term);

    void Answer(ReadAnswer answer);
}
