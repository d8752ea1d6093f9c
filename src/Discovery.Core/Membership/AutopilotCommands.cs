namespace Discovery.Membership;

/// <summary>Applies changes of the rules.</summary>
internal sealed class AutopilotCommands(StateTable<AutopilotConfiguration> table)
{
    /// <summary>The key of the one row.</summary>
    public static ReadOnlySpan<byte> Key => "*"u8;

    /// <summary>Sets the rules, unless they were last set at another index than the command names.</summary>
    /// <remarks>Setting what holds already is a change too, as in Consul: its index is what a later check-and-set goes by.</remarks>
    public bool Set(StateTransaction transaction, SetAutopilotCommand command)
    {
        AutopilotConfiguration? current = transaction.Get(table, Key);
        if (command.IfModifyIndex is { } expected && expected != (current?.ModifyIndex ?? 0))
        {
            return false;
        }

        ulong index = transaction.Index;
        transaction.Put(table, command.Configuration with { CreateIndex = current?.CreateIndex ?? index, ModifyIndex = index });
        return true;
    }
}
