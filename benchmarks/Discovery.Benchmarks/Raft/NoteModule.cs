namespace Discovery.Benchmarks.Raft;

/// <summary>A row of 64 letters, and the command that replaces it: what is measured is the log, and little else.</summary>
internal sealed class NoteModule : IStateModule
{
    public const ushort CommandId = 0x8000;

    public string Name => "note";

    public void Configure(StateModuleBuilder builder)
    {
        StateTable<string> notes = builder.AddTable<string>(
            "notes", static (string _, ref StateKeyBuilder key) => key.Append("note"), StateCodecs.Text);
        builder.AddCommand(CommandId, "note", StateCodecs.Text, StateCodecs.Empty, (transaction, note) =>
        {
            transaction.Put(notes, note);
            return default(StateEmpty);
        });
    }
}
