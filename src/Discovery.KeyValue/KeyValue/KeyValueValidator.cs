using Discovery.Transactions;

namespace Discovery.KeyValue;

/// <summary>Says of a request that it cannot be carried out as it stands, before it goes into the log.</summary>
internal sealed class KeyValueValidator(KeyValueOptions options)
{
    public void CheckKey(KeyValueKey key)
    {
        if (key.IsEmpty)
        {
            throw Invalid("The key is empty.");
        }

        CheckPrefix(key);
    }

    public void CheckPrefix(KeyValueKey prefix)
    {
        if (prefix.Array.Length > options.KeyBytesMax)
        {
            throw Invalid($"The key has {prefix.Array.Length} bytes, more than {options.KeyBytesMax} ({nameof(options.KeyBytesMax)}).");
        }
    }

    public void CheckValue(KeyValueKey key, ReadOnlyMemory<byte> value)
    {
        if (value.Length > options.ValueBytesMax)
        {
            throw Invalid(
                $"The value of key \"{key}\" has {value.Length} bytes, more than {options.ValueBytesMax} "
                + $"({nameof(options.ValueBytesMax)}).");
        }
    }

    public static void Check(KeyValuePut put)
    {
        int conditions = (put.CompareIndex is null ? 0 : 1) + (put.Acquire is null ? 0 : 1) + (put.Release is null ? 0 : 1);
        if (conditions > 1)
        {
            throw Invalid("At most one of CompareIndex, Acquire and Release can be set.");
        }

        if (put.TimeToLive is { } timeToLive && (timeToLive <= TimeSpan.Zero || put.Acquire is not null || put.Release is not null))
        {
            throw Invalid("TimeToLive must be positive, and goes with neither Acquire nor Release: a session's keys live as long as it.");
        }
    }

    public void Check(IReadOnlyList<TransactionOperation> operations)
    {
        if (operations.Count > options.OperationsMax)
        {
            throw Invalid(
                $"The transaction has {operations.Count} operations, more than {options.OperationsMax} ({nameof(options.OperationsMax)}).");
        }

        foreach (TransactionOperation operation in operations)
        {
            switch (operation)
            {
                case KeyValueOperation { Verb: KeyValueVerb.GetTree or KeyValueVerb.DeleteTree } step:
                    CheckPrefix(step.Key);
                    break;
                case KeyValueOperation step:
                    CheckKey(step.Key);
                    CheckValue(step.Key, step.Value);
                    CheckTimeToLive(step);
                    break;
                case FenceOperation step when step.Fence.Key.IsEmpty:
                    throw Invalid($"The fence is empty: take it from {nameof(ILockHandle)}.{nameof(ILockHandle.Fence)}.");
                case FenceOperation step:
                    CheckKey(step.Fence.Key);
                    break;
                case NodeOperation { Node: var node } step:
                    CatalogRowRules.Check(node, isWhole: step.Verb is CatalogVerb.Set or CatalogVerb.Cas);
                    break;
                case ServiceOperation { Service: var service } step:
                    CatalogRowRules.Check(service, isWhole: step.Verb is CatalogVerb.Set or CatalogVerb.Cas);
                    break;
                case CheckOperation { Check: var check } step:
                    CatalogRowRules.Check(check, isWhole: step.Verb is CatalogVerb.Set or CatalogVerb.Cas);
                    break;
                case null:
                    throw Invalid("An operation is null.");
                default:
                    throw Invalid($"An operation is a {operation.GetType().Name}, which nobody knows.");
            }
        }
    }

    private static void CheckTimeToLive(KeyValueOperation step)
    {
        if (step.TimeToLive is not { } timeToLive)
        {
            return;
        }

        if (timeToLive <= TimeSpan.Zero || timeToLive > ClusterTimes.LongestAsked)
        {
            throw Invalid($"TimeToLive must be positive and not longer than {ClusterTimes.LongestAsked.Days} days; it is {timeToLive}.");
        }

        if (step.Verb is not (KeyValueVerb.Set or KeyValueVerb.Cas))
        {
            throw Invalid($"TimeToLive goes with {KeyValueVerb.Set} and {KeyValueVerb.Cas} only, not with {step.Verb}.");
        }
    }

    internal static DiscoveryException Invalid(string message) => new(DiscoveryError.InvalidRequest, message);
}
