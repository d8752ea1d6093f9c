namespace Discovery.Testing;

/// <summary>The search for one legal order of the operations of one part.</summary>
/// <remarks>
/// The events stand in a doubly linked list. An operation may come next when no answer stands before its beginning; taking it lifts its
/// events out. A read that fits can always be taken first, so no alternative to it is tried; an operation of unknown outcome is not
/// taken where it would leave the state as it is, nor where the next operation would fit as well and end the same without it.
/// </remarks>
internal sealed class LinearizationSearch<TState, TInput, TOutput>
    where TState : notnull
    where TInput : notnull
{
    private readonly Operation<TInput, TOutput>[] _originals;
    private readonly Operation<TInput, TOutput>[] _operations;
    private readonly ISequentialModel<TState, TInput, TOutput> _model;
    private readonly long _stepsMax;
    private readonly int _known;
    private readonly int[] _equalBefore;
    private readonly Event _head = new(-1, null, isAnswer: false);
    private readonly Linearized _taken;
    private readonly HashSet<(Linearized.Key Taken, TState State)> _visited = [];
    private readonly Stack<Frame> _frames = new();
    private int _deepest = -1;

    internal LinearizationSearch(
        IEnumerable<Operation<TInput, TOutput>> operations, ISequentialModel<TState, TInput, TOutput> model, long stepsMax)
    {
        _originals = [.. operations.OrderBy(static o => o.Completed is null).ThenBy(static o => o.Invoked)];
        _operations = [.. model.Simplify(_originals)];
        _known = _operations.Count(static o => o.Completed is not null);
        _model = model;
        _stepsMax = stepsMax;
        _taken = new Linearized(_known, _operations.Length);
        DeepestState = model.Initial;
        _equalBefore = FindEqual();
        Link();
    }

    internal long Steps { get; private set; }

    /// <summary>The longest legal order that was found, and the state after it.</summary>
    internal IReadOnlyList<Operation<TInput, TOutput>> Deepest { get; private set; } = [];

    internal TState DeepestState { get; private set; }

    internal CheckVerdict Run()
    {
        TState state = _model.Initial;
        Event? at = _head.Next;
        bool tryUnknown = false;
        while (_taken.KnownCount < _known)
        {
            if (++Steps > _stepsMax)
            {
                return CheckVerdict.Undecided;
            }

            if (at is null || at.IsAnswer)
            {
                NoteDepth(state);
                if (!tryUnknown)
                {
                    tryUnknown = true;
                    at = _head.Next;
                }
                else if (!TryBacktrack(ref state, out at, out tryUnknown))
                {
                    return CheckVerdict.Violation;
                }
            }
            else if (TryTake(at, ref state, tryUnknown))
            {
                at = _head.Next;
                tryUnknown = false;
            }
            else
            {
                at = at.Next;
            }
        }

        return CheckVerdict.Ok;
    }

    /// <summary>For each operation of unknown outcome the last earlier one equal to it; the earlier goes first.</summary>
    private int[] FindEqual()
    {
        Dictionary<TInput, int> last = [];
        int[] equal = new int[_operations.Length];
        for (int i = 0; i < equal.Length; i++)
        {
            equal[i] = -1;
            if (i >= _known)
            {
                equal[i] = last.GetValueOrDefault(_operations[i].Input, -1);
                last[_operations[i].Input] = i;
            }
        }

        return equal;
    }

    private void Link()
    {
        List<(long At, Event Event)> events = [];
        for (int i = 0; i < _operations.Length; i++)
        {
            Event? answer = null;
            if (_operations[i].Completed is { } completed)
            {
                answer = new Event(i, null, isAnswer: true);
                events.Add((completed, answer));
            }

            events.Add((_operations[i].Invoked, new Event(i, answer, isAnswer: false)));
        }

        // At equal times beginnings come first: the operations count as concurrent.
        Event last = _head;
        foreach ((_, Event next) in events.OrderBy(static e => e.At).ThenBy(static e => e.Event.IsAnswer))
        {
            last.Next = next;
            next.Previous = last;
            last = next;
        }
    }

    private bool TryTake(Event call, ref TState state, bool tryUnknown)
    {
        Operation<TInput, TOutput> operation = _operations[call.Number];
        bool unknown = operation.Completed is null;
        if (unknown != tryUnknown || (_equalBefore[call.Number] >= 0 && !_taken.Contains(_equalBefore[call.Number])))
        {
            return false;
        }

        TState next;
        if (unknown)
        {
            next = _model.ApplyUnknown(state, operation.Input);
            if (next.Equals(state))
            {
                return false;
            }
        }
        else if (!_model.TryApply(state, operation.Input, operation.Output!, out next))
        {
            return false;
        }

        if (_frames.TryPeek(out Frame last) && last.BeforeUnknown is { } before && IsSameFrom(before.State, operation, next))
        {
            return false;
        }

        bool forced = !unknown && _model.IsRead(operation.Input, operation.Output);
        _taken.Set(call.Number);
        if (!_visited.Add((_taken.ToKey(), next)))
        {
            _taken.Clear(call.Number);
            return false;
        }

        _frames.Push(new Frame(call, state, forced, unknown ? last.BeforeUnknown ?? new Origin(state) : null));
        call.Lift();
        state = next;
        return true;
    }

    /// <summary>Whether the operations of unknown outcome that were just taken make no difference to this one.</summary>
    private bool IsSameFrom(TState origin, Operation<TInput, TOutput> operation, TState next) => operation.Completed is null
        ? _model.ApplyUnknown(origin, operation.Input).Equals(next)
        : _model.TryApply(origin, operation.Input, operation.Output!, out TState other) && other.Equals(next);

    private bool TryBacktrack(ref TState state, out Event? at, out bool tryUnknown)
    {
        while (_frames.TryPop(out Frame frame))
        {
            frame.Call.PutBack();
            _taken.Clear(frame.Call.Number);
            state = frame.Before;
            if (!frame.Forced)
            {
                at = frame.Call.Next;
                tryUnknown = _operations[frame.Call.Number].Completed is null;
                return true;
            }
        }

        at = null;
        tryUnknown = false;
        return false;
    }

    private void NoteDepth(TState state)
    {
        if (_taken.KnownCount > _deepest)
        {
            _deepest = _taken.KnownCount;
            Deepest = [.. _frames.Reverse().Select(f => _originals[f.Call.Number])];
            DeepestState = state;
        }
    }

    private readonly record struct Frame(Event Call, TState Before, bool Forced, Origin? BeforeUnknown);

    /// <summary>The state before a run of operations of unknown outcome.</summary>
    private sealed record Origin(TState State);

    private sealed class Event(int number, Event? answer, bool isAnswer)
    {
        internal int Number => number;

        internal bool IsAnswer => isAnswer;

        internal Event? Next { get; set; }

        internal Event? Previous { get; set; }

        internal void Lift()
        {
            Unlink();
            answer?.Unlink();
        }

        internal void PutBack()
        {
            answer?.Relink();
            Relink();
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            if (Next is not null)
            {
                Next.Previous = Previous;
            }
        }

        private void Relink()
        {
            Previous!.Next = this;
            if (Next is not null)
            {
                Next.Previous = this;
            }
        }
    }
}
