using System.Globalization;
using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>What Consul says to an operation that failed in its turn. Pure.</summary>
internal static class TransactionText
{
    public static string Of(TransactionBody operation, TransactionFailure failure) => operation switch
    {
        { KeyValue: { } step } => Of(step, failure),
        { Node: { } step } => OfRow(step.Verb, $"node {GoQuote.Quote(step.Node.Node)}", failure, step.Node),
        { Service: { } step } => OfRow(
            step.Verb, $"service {GoQuote.Quote(step.Service.Id)} on node {GoQuote.Quote(step.Node)}", failure, null),
        { Check: { } step } => OfRow(
            step.Verb, $"check {GoQuote.Quote(step.Check.CheckId)} on node {GoQuote.Quote(step.Check.Node)}", failure, null),
        _ => failure.Refusal.ToString(),
    };

    private static string Of(KeyValueOperationBody step, TransactionFailure failure)
    {
        string key = GoQuote.Quote(step.Key);
        return failure.Refusal switch
        {
            TransactionRefusal.IndexStale => $"failed to {(step.Verb == "cas" ? "set" : "delete")} key {key}, index is stale",
            TransactionRefusal.LockHeld => $"failed to lock key {key}, lock is already held",
            TransactionRefusal.LockDelay => $"failed to lock key {key} due to lock delay",
            TransactionRefusal.SessionUnknown => SessionIds.NoSession(step.Session),
            TransactionRefusal.LockNotHeld when step.Session.Length == 0 => SessionIds.NoSession(step.Session),
            TransactionRefusal.LockNotHeld => $"failed to unlock key {key}, lock isn't held, or is held by another session",
            TransactionRefusal.NotFound when step.Verb == "check-index" => $"failed to check index, key {key} doesn't exist",
            TransactionRefusal.NotFound when step.Verb == "check-session" => $"failed to check session, key {key} doesn't exist",
            TransactionRefusal.NotFound => $"key {key} doesn't exist",
            TransactionRefusal.Exists => $"key {key} exists",
            TransactionRefusal.IndexMismatch => string.Create(
                CultureInfo.InvariantCulture,
                $"failed index check for key {key}, current modify index {failure.CurrentIndex} != {step.Index}"),
            TransactionRefusal.SessionMismatch =>
                $"failed session check for key {key}, current session {GoQuote.Quote(Show(failure.CurrentSession))} "
                + $"!= {GoQuote.Quote(step.Session)}",
            _ => failure.Refusal.ToString(),
        };
    }

    private static string OfRow(string verb, string row, TransactionFailure failure, NodeRowBody? node) => failure switch
    {
        { Refusal: TransactionRefusal.IndexStale } => $"failed to {(verb == "cas" ? "set" : "delete")} {row}, index is stale",

        // Where an operation that sets has to find something first, that is its node.
        { Refusal: TransactionRefusal.NotFound } when verb != "get" => "Missing node registration",
        { Refusal: TransactionRefusal.NotFound } => $"{row} doesn't exist",
        { Catalog: { Refusal: CatalogRefusal.NodeNotFound } } => "Missing node registration",
        { Catalog: { Refusal: CatalogRefusal.ServiceNotOnNode } } => "Missing service registration",
        { Catalog: { Refusal: CatalogRefusal.NodeNameReserved, Subject: var owner } } when node is not null =>
            $"Error while renaming Node ID: {GoQuote.Quote(node.Id)}: Node name {node.Node} is reserved by node {owner} "
            + $"with name {node.Node}",
        _ => failure.Refusal.ToString(),
    };

    private static string Show(Guid session) => session == Guid.Empty ? "" : session.ToString("D");
}
