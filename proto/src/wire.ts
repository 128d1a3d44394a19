/**
 * The generated messages, enums and service descriptors, for adapters and transports only. Everything else works with
 * domain values.
 *
 * @module
 */

export * from "./gen/tributary/v1/access_service_pb.ts";
export * from "./gen/tributary/v1/account_service_pb.ts";
export * from "./gen/tributary/v1/admin_service_pb.ts";
export * from "./gen/tributary/v1/assessment_service_pb.ts";
export * from "./gen/tributary/v1/batch_pb.ts";
export * from "./gen/tributary/v1/body_pb.ts";
export * from "./gen/tributary/v1/case_pb.ts";
export * from "./gen/tributary/v1/center_pb.ts";
export * from "./gen/tributary/v1/collection_service_pb.ts";
export * from "./gen/tributary/v1/curation_service_pb.ts";
export * from "./gen/tributary/v1/demand_pb.ts";
export * from "./gen/tributary/v1/entity_service_pb.ts";
export * from "./gen/tributary/v1/event_pb.ts";
export * from "./gen/tributary/v1/ingest_service_pb.ts";
export * from "./gen/tributary/v1/insight_service_pb.ts";
export * from "./gen/tributary/v1/log_pb.ts";
export * from "./gen/tributary/v1/log_service_pb.ts";
export * from "./gen/tributary/v1/match_service_pb.ts";
export * from "./gen/tributary/v1/member_service_pb.ts";
export * from "./gen/tributary/v1/nats_courier_pb.ts";
export * from "./gen/tributary/v1/outcome_pb.ts";
export * from "./gen/tributary/v1/policy_pb.ts";
export * from "./gen/tributary/v1/provider_pb.ts";
export * from "./gen/tributary/v1/query_service_pb.ts";
export * from "./gen/tributary/v1/record_pb.ts";
export * from "./gen/tributary/v1/training_pb.ts";
export * from "./gen/tributary/v1/vocabulary_service_pb.ts";
export * from "./gen/tributary/v1/voucher_service_pb.ts";
