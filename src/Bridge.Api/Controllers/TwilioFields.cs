using System.Net;
using System.Text;
using Bridge.Api.Configuration;

namespace Bridge.Api.Controllers;

/// <summary>The fields of a request of Twilio's: a form, or a query when the number's configuration says GET.</summary>
/// <param name="fields">All of them, in their order, decoded. Their names' case counts: it is signed.</param>
/// <param name="isForm">They are in the body, and signed beside the address; a query is part of the address.</param>
internal sealed class TwilioFields(IReadOnlyList<KeyValuePair<string, string>> fields, bool isForm)
{
    /// <summary>Reads them. The framework's form takes names of different case for one, and so cannot say what was signed.</summary>
    /// <exception cref="BadHttpRequestException">The body is too long, too slow, or broken, or has more fields than it may; with the status to answer.</exception>
    public static async Task<TwilioFields> ReadAsync(HttpRequest request, WebLimits limits, CancellationToken cancellationToken)
    {
        var isForm = !HttpMethods.IsGet(request.Method);
        var text = isForm ? await BodyAsync(request, limits, cancellationToken) : (request.QueryString.Value ?? "").TrimStart('?');
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var field in text.AsSpan().Split('&'))
        {
            var pair = text.AsSpan(field);
            if (pair.IsEmpty)
                continue;
            if (fields.Count == limits.Fields || pair.Length > limits.FieldBytes)
                throw new BadHttpRequestException("More fields, or longer ones, than a form may have.", StatusCodes.Status413PayloadTooLarge);
            var equals = pair.IndexOf('=');
            fields.Add(KeyValuePair.Create(Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..])));
        }

        return new TwilioFields(fields, isForm);
    }

    /// <summary>What is signed beside the address.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Signed => isForm ? fields : [];

    /// <summary>A field's value; null when it is missing, or there are several, which Twilio never sends of these.</summary>
    public string? this[string name] =>
        fields.Where(f => f.Key.Equals(name, StringComparison.Ordinal)).Select(f => f.Value).ToList() is [var only] ? only : null;

    /// <summary>All fields that are there once.</summary>
    public IReadOnlyDictionary<string, string> Once =>
        fields.GroupBy(f => f.Key, StringComparer.Ordinal).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);

    /// <summary>The whole body: how long it may be is Kestrel's to know, how long it may take is looked after here.</summary>
    private static async Task<string> BodyAsync(HttpRequest request, WebLimits limits, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.BodyTimeout);
        try
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            return await reader.ReadToEndAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body takes too long.", StatusCodes.Status408RequestTimeout);
        }
    }

    private static string Decode(ReadOnlySpan<char> text) => WebUtility.UrlDecode(text.ToString());
}
