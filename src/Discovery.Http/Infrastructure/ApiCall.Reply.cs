using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Discovery.Infrastructure;

/// <summary>The reply.</summary>
internal sealed partial class ApiCall
{
    private const int ChunkBytes = 64 * 1024;
    private const string Json = "application/json";
    private const string Text = "text/plain; charset=utf-8";

    private bool _defersMeta;

    /// <summary>The headers that tell a client from which state the reply is.</summary>
    /// <param name="index">The index; 0 becomes 1, for clients take 0 as none.</param>
    /// <param name="lastContact">How long ago this node heard from the leader.</param>
    /// <param name="isLeaderKnown">Whether there is a leader.</param>
    public void SetMeta(ulong index, TimeSpan lastContact, bool isLeaderKnown)
    {
        IHeaderDictionary headers = Http.Response.Headers;
        headers["X-Consul-Index"] = Math.Max(index, 1).ToString(CultureInfo.InvariantCulture);
        headers["X-Consul-Knownleader"] = isLeaderKnown ? "true" : "false";
        headers["X-Consul-Lastcontact"] = lastContact == TimeSpan.Zero
            ? "0"
            : ((long)lastContact.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        _defersMeta = false;
    }

    /// <summary>The header that tells which consistency was served.</summary>
    public void SetConsistency(ReadConsistency consistency) =>
        Http.Response.Headers["X-Consul-Effective-Consistency"] = consistency switch
        {
            ReadConsistency.Stale => "stale",
            ReadConsistency.Consistent => "consistent",
            _ => "leader",
        };

    /// <summary>In which form the caller wants JSON.</summary>
    public BodyForm Form => (AcceptsGzip ? BodyForm.Gzip : BodyForm.Plain) | (IsPretty ? BodyForm.Pretty : BodyForm.Plain);

    /// <summary>Answers with JSON that is in the caller's form already and kept for others.</summary>
    public Task WriteAsync(byte[] body, BodyForm form)
    {
        Begin(200, Json, (form & BodyForm.Gzip) != 0);
        return SendAsync(body);
    }

    /// <summary>Answers with JSON, and gives the buffer back.</summary>
    public Task WriteAsync(JsonBuffer json) => WriteAsync(200, json);

    /// <summary>Answers with a status and JSON, and gives the buffer back.</summary>
    public async Task WriteAsync(int status, JsonBuffer json)
    {
        using (json)
        {
            // What was indented ends with a new line.
            using JsonBuffer? indented = IsPretty && !json.Written.EndsWith("\n"u8) ? JsonIndent.Indent(json.Written) : null;
            JsonBuffer body = indented ?? json;
            bool isCompressed = AcceptsGzip;
            Begin(status, Json, isCompressed);
            ReadOnlyMemory<byte> bytes = isCompressed ? ApiBody.Compress(body.Written) : body.WrittenMemory;

            // A slow reader keeps the bytes that he is sent, and not what they were made of.
            if (indented is not null)
            {
                json.Dispose();
            }

            if (isCompressed)
            {
                body.Dispose();
            }

            await SendAsync(bytes);
        }
    }

    /// <summary>Answers with a value as it is, which no browser is to take for anything else than text.</summary>
    public Task WriteRawAsync(ReadOnlyMemory<byte> value)
    {
        bool isCompressed = AcceptsGzip;
        Begin(200, "text/plain", isCompressed);
        IHeaderDictionary headers = Http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox";
        return SendAsync(isCompressed ? ApiBody.Compress(value.Span) : value);
    }

    /// <summary>Answers with a text, as errors are.</summary>
    public Task WriteTextAsync(int status, string text, string contentType = Text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        bool isCompressed = AcceptsGzip;
        Begin(status, contentType, isCompressed);
        return SendAsync(isCompressed ? ApiBody.Compress(bytes) : bytes);
    }

    /// <summary>Answers with nothing but a status: what successful writes of an agent do.</summary>
    public Task WriteEmptyAsync(int status = 200)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Answers with the text of an error, and the index headers where the route has them.</summary>
    internal Task FailAsync(int status, string text)
    {
        if (_defersMeta)
        {
            SetMeta(1, TimeSpan.Zero, isLeaderKnown: false);
        }

        return WriteTextAsync(status, text);
    }

    private bool IsPretty => Server.Options.PrettyAlways || Query.Has("pretty");

    private bool AcceptsGzip
    {
        get
        {
            StringValues accepted = Http.Request.Headers.AcceptEncoding;
            return accepted.Count > 0 && GzipAcceptance.Accepts(accepted.ToString());
        }
    }

    private void Begin(int status, string contentType, bool isCompressed)
    {
        HttpResponse response = Http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (isCompressed)
        {
            response.Headers.ContentEncoding = "gzip";
        }
    }

    private Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Http.Response.ContentLength = bytes.Length;
        if (bytes.Length > ChunkBytes)
        {
            return SendInChunksAsync(bytes);
        }

        ValueTask<FlushResult> sent = Http.Response.BodyWriter.WriteAsync(bytes);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }

    // What a slow reader has not taken yet stays in the body that all readers share, not in a copy of his own.
    private async Task SendInChunksAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(ChunkBytes, bytes.Length);
            await Http.Response.BodyWriter.WriteAsync(bytes[..count]);
            bytes = bytes[count..];
        }
    }
}
