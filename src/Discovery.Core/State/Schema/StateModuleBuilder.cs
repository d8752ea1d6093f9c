using System.Globalization;
using Discovery.State;

namespace Discovery;

/// <summary>Takes what one module declares.</summary>
public sealed class StateModuleBuilder
{
    private readonly string _module;
    private readonly int _moduleId;
    private readonly List<StateReaction> _reactions = [];

    internal StateModuleBuilder(string module, int moduleId)
    {
        _module = module;
        _moduleId = moduleId;
    }

    /// <summary>The newest schema version of the module that this code can apply.</summary>
    /// <value>1.</value>
    public int SchemaVersion { get; set; } = 1;

    internal List<StateTable> Tables { get; } = [];

    internal List<StateTopicSpace> TopicSpaces { get; } = [];

    internal List<StateCommand> Commands { get; } = [];

    internal List<Action<StateSnapshot, StateTransaction>> RestoreHooks { get; } = [];

    internal List<StateReaction> Reactions => _reactions.ConvertAll(reaction => reaction with { IsApplication = IsApplication });

    /// <summary>An application's module declares application commands only; one without commands counts as an application's.</summary>
    internal bool IsApplication => Commands.TrueForAll(static command => command.IsApplication);

    /// <summary>Adds a table.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="name">Its name, unique within the module; part of snapshots.</param>
    /// <param name="key">Writes a row's key.</param>
    /// <param name="codec">Encodes rows.</param>
    /// <returns>The handle to read and change it.</returns>
    public StateTable<TRow> AddTable<TRow>(string name, StateKeyWriter<TRow> key, IStateCodec<TRow> codec)
        where TRow : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(codec);
        ThrowIfTaken(Tables.Exists(table => table.Name == name), "Table", name);
        var added = new StateTable<TRow>(_module, name, key, codec);
        Tables.Add(added);
        return added;
    }

    /// <summary>Adds a table whose rows keep their key as bytes: the table takes that array and makes none of its own.</summary>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="name">Its name, unique within the module; part of snapshots.</param>
    /// <param name="key">Yields a row's key; never changed afterwards, like the row.</param>
    /// <param name="codec">Encodes rows.</param>
    /// <returns>The handle to read and change it.</returns>
    public StateTable<TRow> AddTable<TRow>(string name, Func<TRow, byte[]> key, IStateCodec<TRow> codec)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(key);
        StateTable<TRow> added = AddTable(name, (TRow row, ref StateKeyBuilder builder) => builder.Append(key(row)), codec);
        added.OwnKey = key;
        return added;
    }

    /// <summary>Adds a family of topics.</summary>
    /// <param name="name">Its name, unique within the module; part of snapshots.</param>
    /// <param name="presence">Says whether a topic's object exists; without it topics are kept for ever.</param>
    /// <returns>The handle to touch and watch it.</returns>
    public StateTopicSpace AddTopicSpace(string name, StateTopicPresence? presence = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ThrowIfTaken(TopicSpaces.Exists(space => space.Name == name), "Topic space", name);
        var added = new StateTopicSpace(_module, name, presence);
        TopicSpaces.Add(added);
        return added;
    }

    /// <summary>Adds the topics of a table's rows, under the rows' keys: each is touched by every change of its row and by nothing
    /// else.</summary>
    /// <remarks>
    /// Like topics that the table's <see cref="StateTable{TRow}.DeriveTopics"/> touches, but a topic costs nothing while its row is there:
    /// the row's index is the topic's. Absent ones are reaped like others.
    /// </remarks>
    /// <param name="name">Its name, unique within the module; part of snapshots.</param>
    /// <param name="rows">A table of this module, which has no such topics yet.</param>
    /// <returns>The handle to watch it.</returns>
    public StateTopicSpace AddTopicSpace(string name, StateTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.RowTopics is not null || !Tables.Contains(rows))
        {
            throw new ArgumentException($"Table {rows} is not of module \"{_module}\", or has topics for its rows already.", nameof(rows));
        }

        StateTopicSpace added = AddTopicSpace(name);
        added.Rows = rows;
        rows.RowTopics = added;
        return added;
    }

    /// <summary>Adds a command.</summary>
    /// <typeparam name="TCommand">The command record.</typeparam>
    /// <typeparam name="TResult">What applying it yields.</typeparam>
    /// <param name="id">Its number in the log: applications use 0x8000 and up.</param>
    /// <param name="name">Its name in logs and metrics.</param>
    /// <param name="codec">Encodes the command.</param>
    /// <param name="resultCodec">Encodes the result.</param>
    /// <param name="apply">Changes the state; must be pure.</param>
    /// <returns>The handle to propose it.</returns>
    public StateCommand<TCommand, TResult> AddCommand<TCommand, TResult>(
        ushort id,
        string name,
        IStateCodec<TCommand> codec,
        IStateCodec<TResult> resultCodec,
        Func<StateTransaction, TCommand, TResult> apply)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(resultCodec);
        ArgumentNullException.ThrowIfNull(apply);
        var added = new StateCommand<TCommand, TResult>(id, name, codec, resultCodec, apply);
        Commands.Add(added);
        return added;
    }

    /// <summary>Adds a reaction: it runs in the transaction of every command that changes a row of <paramref name="table"/>.</summary>
    /// <remarks>At the command's end, or when the command asks for it with <see cref="StateTransaction.React"/>.</remarks>
    /// <typeparam name="TRow">The row type.</typeparam>
    /// <param name="table">The table, of this or another module.</param>
    /// <param name="id">Orders the reactions of one module; never changed once released.</param>
    /// <param name="reaction">Changes the state further; must be pure.</param>
    public void AddReaction<TRow>(StateTable<TRow> table, int id, Action<StateTransaction, StateRowChange<TRow>> reaction)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(reaction);
        ThrowIfTaken(_reactions.Exists(other => other.Id == id), "Reaction", id.ToString(CultureInfo.InvariantCulture));
        _reactions.Add(new StateReaction(table, _moduleId, id, reaction, IsApplication: false));
    }

    /// <summary>Adds what runs when the whole state is replaced by a restore: takes over what must bind the new state too.</summary>
    /// <remarks>
    /// A restore is a point of the log: the state before it is the same on every server. A lease that somebody still counts on by his own
    /// clock is an example.
    /// </remarks>
    /// <param name="carryOver">Gets the state that goes and a transaction on the one that comes; must be pure.</param>
    public void OnRestore(Action<StateSnapshot, StateTransaction> carryOver)
    {
        ArgumentNullException.ThrowIfNull(carryOver);
        RestoreHooks.Add(carryOver);
    }

    private void ThrowIfTaken(bool taken, string what, string name)
    {
        if (taken)
        {
            throw new ArgumentException($"{what} \"{name}\" is declared twice by module \"{_module}\".");
        }
    }
}
