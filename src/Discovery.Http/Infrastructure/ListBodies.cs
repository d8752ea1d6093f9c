namespace Discovery.Infrastructure;

/// <summary>
/// The JSON of the last list of one kind that somebody asked for, in every form: while the list is the same object, so is this.
/// </summary>
/// <typeparam name="T">The list: the same object as long as it shows the same.</typeparam>
internal sealed class ListBodies<T>(Func<T, JsonBuffer> write)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Known?[] _known = new Known?[ApiBody.Forms];

    /// <summary>Answers with a list.</summary>
    public Task WriteAsync(ApiCall call, T list)
    {
        BodyForm form = call.Form;
        Known? known = Volatile.Read(ref _known[(int)form]);
        return call.WriteAsync((known is not null && ReferenceEquals(known.List, list) ? known : Make(list, form)).Body, form);
    }

    // One at a time, so that many who are woken by one change make it once.
    private Known Make(T list, BodyForm form)
    {
        lock (_lock)
        {
            if (_known[(int)form] is { } made && ReferenceEquals(made.List, list))
            {
                return made;
            }

            using JsonBuffer json = write(list);
            var known = new Known(list, ApiBody.Make(json.Written, form));
            Volatile.Write(ref _known[(int)form], known);
            return known;
        }
    }

    private sealed record Known(T List, byte[] Body);
}
