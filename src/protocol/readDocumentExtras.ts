import type { Fields } from './fields';
import type { DocumentChunk, ExtractedDocument, Heading, LinkDetail, StructuredData } from './messages';

type Extras = Pick<ExtractedDocument, 'headings' | 'link_details' | 'structured_data' | 'chunks'>;

/** What the built-in engine adds to a document; an absent key stays absent. */
export function readDocumentExtras(document: Fields): Extras {
  const extras: Extras = {};
  if (!document.isAbsent('headings')) extras.headings = document.objects('headings').map(readHeading);
  if (!document.isAbsent('link_details')) {
    extras.link_details = document.objects('link_details').map(readLinkDetail);
  }
  if (!document.isAbsent('structured_data')) {
    extras.structured_data = readStructuredData(document.object('structured_data'));
  }
  if (!document.isAbsent('chunks')) extras.chunks = document.objects('chunks').map(readChunk);
  return extras;
}

function readHeading(heading: Fields): Heading {
  return {
    level: heading.count('level'),
    text: heading.string('text'),
    id: heading.nullable('id', 'string'),
  };
}

function readLinkDetail(link: Fields): LinkDetail {
  return { url: link.string('url'), text: link.string('text'), rel: link.strings('rel') };
}

function readStructuredData(data: Fields): StructuredData {
  return {
    json_ld: data.records('json_ld'),
    open_graph: data.texts('open_graph'),
    microdata: data.objects('microdata').map((item) => ({
      type: item.nullable('type', 'string'),
      properties: item.textLists('properties'),
    })),
  };
}

function readChunk(chunk: Fields): DocumentChunk {
  return {
    text: chunk.string('text'),
    start: chunk.count('start'),
    end: chunk.count('end'),
    token_count: chunk.count('token_count'),
    headings: chunk.strings('headings'),
  };
}
